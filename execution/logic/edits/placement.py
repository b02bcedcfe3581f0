"""One snippet for one file made ready, and the outcome of placing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from execution.logic.edits.checks.gate import FATAL
from execution.logic.edits.text.description import Description, parse_description
from execution.logic.edits.text.lines import Text, split_text
from execution.logic.edits.text.reindent import with_file_ends
from execution.logic.edits.text.snippets import clean_snippet, without_blank_tail

MAX_ORIGINAL_LINES, MAX_SNIPPET_LINES = 60_000, 6_000
MAX_CHARACTERS = 12_000_000


@dataclass(frozen=True, slots=True)
class Placement:
    """The outcome for one snippet.

    ``accepted``: certain, store it. ``verify``: likely right, but something must confirm it.
    ``refused``: wrong or unknown; ``text`` may still hold a candidate to repair.
    """

    status: Literal["accepted", "verify", "refused"]
    text: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """One snippet for one file, split and parsed."""

    original: str
    text: Text
    lines: tuple[str, ...]  # of the snippet, with blanks at line ends as the file has them
    description: Description
    path: str
    written: tuple[str, ...]  # lines of the snippet as the model wrote them


def edit_of(*, original: str, snippet: str, description: str, path: str) -> Edit | Placement:
    """The texts made ready, or the outcome where there is nothing to place."""
    if "\0" in original or "\0" in snippet:
        return Placement("refused", None, ("binary",))
    if len(original) + len(snippet) > MAX_CHARACTERS:
        return Placement("refused", None, ("too_complex",))
    snippet = clean_snippet(snippet, original, path)
    if not snippet.strip():
        return Placement("refused", None, ("empty_snippet",))
    if not original.strip("\ufeff"):
        return Placement("accepted", snippet, ())
    text, lines = split_text(original), split_text(snippet).lines
    if len(text.lines) > MAX_ORIGINAL_LINES or len(lines) > MAX_SNIPPET_LINES:
        return Placement("refused", None, ("too_complex",))
    said = parse_description(description)
    if not said.overwrite:
        lines = without_blank_tail(lines, text.lines)
    if lines == text.lines:
        return Placement("accepted", original, ())
    placed = lines if said.overwrite else with_file_ends(lines, text.lines)
    return Edit(original, text, placed, said, path, lines)


def judged(candidate: str, reasons: Sequence[str]) -> Placement:
    """The status that the reasons found against a candidate leave it."""
    unique = tuple(dict.fromkeys(reasons))
    if not unique:
        return Placement("accepted", candidate, ())
    status: Literal["verify", "refused"] = "refused" if FATAL & set(unique) else "verify"
    return Placement(status, candidate, unique)
