"""Unified diffs and patches, as models write them: the numbers of their headers are not trusted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from execution.logic.edits.formats.dialects import Block

_NUMBERS = re.compile(r"^@@+ *-\d+(?:,\d+)? *\+\d+(?:,\d+)? *@@+ ?(.*)$")
_HUNK = re.compile(r"^@@.*$")
_HEAD = re.compile(
    r"^(?:diff --git .*|index [0-9a-f]+\.\..*|--- \S.*|\+\+\+ \S.*"
    r"|(?:new|old|deleted) (?:file )?mode .*|similarity index .*|rename (?:from|to) .*"
    r"|\*\*\* (?:Begin Patch|End Patch|Update File: .*|Move to: .*|End of File))\s*$"
)


def is_diff(snippet: Sequence[str], original: Sequence[str]) -> bool:
    """Headers of a diff and, below them, only lines that one can hold; or plainly its lines."""
    numbered = any(_NUMBERS.match(line) for line in snippet)
    if any((_NUMBERS if numbered else _HUNK).match(line) for line in original):
        return False
    start = next((n for n, line in enumerate(snippet) if not _HEAD.match(line) and line.strip()), 0)
    body = snippet[start:]
    if not any(line[:1] in ("+", "-") and not _HEAD.match(line) for line in body):
        return False
    known = {line for line in original if line.strip()}
    headed = any(map(_HEAD.match, snippet[:start])) or bool(body and _HUNK.match(body[0]))
    if not headed:
        return _plainly_changes(body, known)
    return all(_is_diff_line(line) or line in known for line in body)


def _is_diff_line(line: str) -> bool:
    return not line or line[0] in "+- \\" or bool(_HUNK.match(line) or _HEAD.match(line))


def _plainly_changes(lines: Sequence[str], known: set[str]) -> bool:
    """Without any header: what goes and what stays are lines of the file behind their sign.

    Lists begin with such signs as well, so the lines as they are must be none of the file's.
    """
    solid = [line for line in lines if line.strip()]
    old = [line for line in solid if line[0] in "- "]
    return (
        all(line[0] in "+- " for line in solid)
        and any(line[0] == "-" for line in solid)
        and all(line[1:] in known or not line[1:].strip() for line in old)
        and not any(line in known for line in solid)
    )


def parse_diff(lines: Sequence[str], original: Sequence[str]) -> list[Block] | None:
    """One block for each hunk."""
    known = set(original)
    blocks: list[Block] = []
    old: list[str] = []
    new: list[str] = []
    head = ""
    for line in [*lines, "@@"]:
        hunk = _HUNK.match(line)
        if hunk:
            if old or new:
                blocks.append(_without_blank_tail(old, new, head))
                old, new, head = [], [], ""
            head = _head_of(line) or head
        elif _HEAD.match(line) and not (old or new):
            continue
        elif line.startswith("\\") or _ends_patch(line):
            continue
        elif line.startswith("-"):
            old.append(line[1:])
        elif line.startswith("+"):
            new.append(line[1:])
        else:
            kept = _context(line, known)
            old.append(kept)
            new.append(kept)
    return blocks or None


def _ends_patch(line: str) -> bool:
    return line.startswith("*** ") and bool(_HEAD.match(line))


def _head_of(line: str) -> str:
    """The line of the file that a hunk header quotes: `@@ def b():`."""
    match = _NUMBERS.match(line)
    text = match.group(1) if match else line.strip("@ ")
    return "" if not match and re.match(r"^[-+.\d, ]*$", text) else text.strip()


def _context(line: str, known: set[str]) -> str:
    """A line that stays, behind its blank; some models leave that blank out."""
    if line.startswith(" ") and (line[1:] in known or line not in known):
        return line[1:]
    return line


def _without_blank_tail(old: list[str], new: list[str], head: str) -> Block:
    """Blank lines after the last hunk belong to the reply, not to the file."""
    while old and new and not old[-1].strip() and not new[-1].strip():
        old, new = old[:-1], new[:-1]
    return Block(tuple(old), tuple(new), head)
