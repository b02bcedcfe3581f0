"""The content of a block whose file does not exist yet, or is empty."""

import re

from execution.logic.edits.text.languages import is_prose
from execution.logic.edits.text.markers import looks_like_marker
from execution.logic.reply_grammar import Operation

_OPENING = re.compile(r"(?P<fence>`{3,}|~{3,})(?P<language>[\w+.#-]*)")
_PROSE_LANGUAGES = ("md", "markdown", "mdx", "rst", "text", "txt")


def only_shows_changes(operation: Operation) -> bool:
    """Whether the content stands for a file that is there already, by markers for its rest."""
    if "type: new file" in operation.description.lower():
        return False
    return any(map(looks_like_marker, operation.content.splitlines()))


def unwrapped(content: str, path: str) -> str:
    """The content without the code fence that some models put around it.

    Only a fence from the first line to the last is theirs. In prose it has to name its language:
    the text may be a code sample and nothing else.
    """
    lines = content.split("\n")
    solid = [number for number, line in enumerate(lines) if line.strip()]
    opening = _OPENING.fullmatch(lines[solid[0]].strip()) if len(solid) > 1 else None
    if opening is None or lines[solid[-1]].strip() != opening["fence"]:
        return content
    inner = lines[solid[0] + 1 : solid[-1]]
    if sum(line.lstrip().startswith(opening["fence"]) for line in inner) % 2:
        return content
    if is_prose(path) and opening["language"].lower() not in _PROSE_LANGUAGES:
        return content
    return "".join(f"{line}\n" for line in inner)
