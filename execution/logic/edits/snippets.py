"""Clean what models wrap around a snippet: fences, pasted line numbers."""

from __future__ import annotations

import re

_NUMBERED = re.compile(r"^pdx-(?:new-)?\d+: ?")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*[\w+#.-]*\s*$")


def clean_snippet(snippet: str, original: str) -> str:
    """The snippet without accidental line numbers and without a fence around all of it."""
    return strip_fence(strip_numbers(snippet), original)


def strip_numbers(text: str) -> str:
    """Without ``pdx-N: `` prefixes if every line that is not blank has one."""
    lines = text.split("\n")
    solid = [line for line in lines if line.strip()]
    if not solid or not all(_NUMBERED.match(line) for line in solid):
        return text
    return "\n".join(_NUMBERED.sub("", line, count=1) for line in lines)


def strip_fence(text: str, original: str) -> str:
    """Without the code fence around the whole text, unless the file itself has such lines."""
    lines = text.split("\n")
    solid = [number for number, line in enumerate(lines) if line.strip()]
    if len(solid) < 2:
        return text
    first, last = solid[0], solid[-1]
    opening = _FENCE.match(lines[first])
    if opening is None or lines[last].strip() != opening.group(1):
        return text
    if any(line.strip().startswith(opening.group(1)) for line in original.split("\n")):
        return text
    inner = lines[first + 1 : last]
    if any(line.strip().startswith(opening.group(1)) for line in inner):
        return text
    return "\n".join(inner) + "\n" if inner else ""
