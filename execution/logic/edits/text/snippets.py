"""Clean what models wrap around a snippet: fences, prose beside them, pasted line numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from execution.logic.edits.text.languages import is_prose
from execution.logic.edits.text.markers import marker_kind

_OURS = re.compile(r"^pdx-(?:new-)?\d+: ?")
_PASTED = (re.compile(r"^\s*\d+(?:\||:|→|\t) "), re.compile(r"^\s*\d+(?:\||:|→|\t)"))
_ADDED = re.compile(r"^\*\*\* Add File: \S.*$")
_PATCH = re.compile(r"^\*\*\* (?:Begin|End) Patch\s*$")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*([^`]*)$")
MIN_NUMBERED = 2


def clean_snippet(snippet: str, original: str, path: str) -> str:
    """The snippet without accidental line numbers and without a fence or patch around it."""
    return strip_added(strip_fence(strip_numbers(snippet, original, path), original, path))


def strip_added(text: str) -> str:
    """The content of a patch that adds a file: it is the whole file, also where there is one."""
    lines = [line for line in text.strip().split("\n") if not _PATCH.match(line)]
    if not _ADDED.match(lines[0]) or not all(line[:1] == "+" for line in lines[1:]):
        return text
    return _joined([line[1:] for line in lines[1:]])


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
    """Without a code fence and the prose around it, unless the fence may be content."""
    lines = text.split("\n")
    solid = [number for number, line in enumerate(lines) if line.strip()]
    if len(solid) < 2:
        return text
    sign = "~" if lines[solid[0]].lstrip().startswith("~~~") else "`"
    fences = _fences(lines, sign)
    if not fences:
        return text
    first, last = fences[0], fences[-1]
    if is_prose(path) or _fences(original.split("\n"), sign):
        outer = _is_outer_fence(lines, fences, original, path)
        return _joined(lines[first + 1 : last]) if outer else text
    if len(fences) == 1:
        # Cut off at its end, or begun before the snippet.
        inner = lines[first + 1 :] if first == solid[0] else lines[:first]
        return _joined(inner) if first in (solid[0], solid[-1]) else text
    if len(fences) > 2 or _speaks_of_code([*lines[:first], *lines[last + 1 :]], original, path):
        return text
    return _joined(lines[first + 1 : last])


def _fences(lines: Sequence[str], sign: str) -> list[int]:
    return [
        number
        for number, line in enumerate(lines)
        if (found := _FENCE.match(line)) and found.group(1)[0] == sign
    ]


def _is_outer_fence(lines: Sequence[str], fences: Sequence[int], original: str, path: str) -> bool:
    """In a file that has fences: does this one hold the reply, rather than be a part of it?"""
    first, last = fences[0], fences[-1]
    opening = _FENCE.match(lines[first])
    theirs = {line.strip() for line in original.split("\n")}
    if opening is None or lines[last].strip() != opening.group(1) or lines[first].strip() in theirs:
        return False
    outside, inside = [*lines[:first], *lines[last + 1 :]], lines[first + 1 : last]
    if len(fences) % 2 or _speaks_of_code(outside, original, path):
        return False
    if any(marker_kind(line, path) is not None for line in inside):
        return True
    named = opening.group(2).strip().lower() in ("md", "markdown")
    others = (*(lines[number].strip() for number in fences[1:-1]), *theirs)
    alone = not any(line.strip() for line in outside)
    if named:
        return alone or any(line.strip() in theirs for line in inside if line.strip())
    return alone and not any(line.startswith(opening.group(1)) for line in others)


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
