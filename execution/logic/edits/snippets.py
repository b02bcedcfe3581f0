"""Clean what models wrap around a snippet: fences, prose beside them, pasted line numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from execution.logic.edits.languages import is_prose
from execution.logic.edits.markers import marker_kind

_OURS = re.compile(r"^pdx-(?:new-)?\d+: ?")
_PASTED = (re.compile(r"^\s*\d+(?:\||:|→|\t) "), re.compile(r"^\s*\d+(?:\||:|→|\t)"))
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*([^`]*)$")
MIN_NUMBERED = 2


def clean_snippet(snippet: str, original: str, path: str) -> str:
    """The snippet without accidental line numbers and without a fence around it."""
    return strip_fence(strip_numbers(snippet, original, path), original, path)


def strip_numbers(text: str, original: str, path: str) -> str:
    """Without line numbers if every line of code has one.

    Numbers in forms other than ours are pasted only where the file has no such lines, but has
    some of those lines without their numbers.
    """
    lines = text.split("\n")
    code = [line for line in lines if line.strip() and marker_kind(line, path) is None]
    if code and all(_OURS.match(line) for line in code):
        return "\n".join(_OURS.sub("", line, count=1) for line in lines)
    if len(code) < MIN_NUMBERED or not all(_PASTED[1].match(line) for line in code):
        return text
    known = {line.removesuffix("\r") for line in original.split("\n") if line.strip()}
    if any(line in known for line in code):
        return text
    best = max(_PASTED, key=lambda form: sum(form.sub("", line, count=1) in known for line in code))
    if not any(best.sub("", line, count=1) in known for line in code):
        return text
    return "\n".join(best.sub("", line, count=1) for line in lines)


def strip_fence(text: str, original: str, path: str) -> str:
    """Without a code fence and the prose around it, unless the file itself has such lines."""
    lines = text.split("\n")
    solid = [number for number, line in enumerate(lines) if line.strip()]
    fences = [number for number in solid if _FENCE.match(lines[number])]
    if not fences or len(solid) < 2:
        return text
    if is_prose(path) or any(_FENCE.match(line) for line in original.split("\n")):
        return _without_outer_fence(text, lines, solid, original)
    first, last = fences[0], fences[-1]
    if len(fences) == 1:
        # Cut off at its end, or begun before the snippet.
        inner = lines[first + 1 :] if first == solid[0] else lines[:first]
        return _joined(inner) if first in (solid[0], solid[-1]) else text
    if len(fences) > 2 or _speaks_of_code([*lines[:first], *lines[last + 1 :]], original, path):
        return text
    return _joined(lines[first + 1 : last])


def _without_outer_fence(
    text: str, lines: Sequence[str], solid: Sequence[int], original: str
) -> str:
    """A file with fences of its own: the one around all of it must differ from those."""
    first, last = solid[0], solid[-1]
    opening = _FENCE.match(lines[first])
    if opening is None or lines[last].strip() != opening.group(1):
        return text
    fence = opening.group(1)
    inner = [line.strip() for line in lines[first + 1 : last] if _FENCE.match(line)]
    theirs = {line.strip() for line in original.split("\n")}
    named = opening.group(2).strip().lower() in ("md", "markdown") and len(inner) % 2 == 0
    if lines[first].strip() in theirs:
        return text
    if not named and any(line.startswith(fence) for line in (*inner, *theirs)):
        return text
    return _joined(lines[first + 1 : last])


def _speaks_of_code(outside: Sequence[str], original: str, path: str) -> bool:
    """Lines of the file or markers stand outside of the fence, so it does not hold all."""
    known = set(original.split("\n"))
    return any(
        line in known or marker_kind(line, path) is not None for line in outside if line.strip()
    )


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n" if lines else ""


def without_blank_tail(lines: tuple[str, ...], original: Sequence[str]) -> tuple[str, ...]:
    """No more blank lines at the end than the file has: the others belong to the reply."""
    end = _blank_tail(lines)
    return lines[: len(lines) - max(0, end - _blank_tail(original))]


def _blank_tail(lines: Sequence[str]) -> int:
    return next((n for n, line in enumerate(reversed(lines)) if line.strip()), len(lines))
