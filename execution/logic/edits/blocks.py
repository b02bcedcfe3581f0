"""Other forms of edit that models write: search/replace blocks, unified diffs, patches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from execution.logic.edits.similarity import plain_typography

Line = tuple[str, int]

_SEARCH = re.compile(r"^\s*<{5,9}\s*(?:SEARCH|ORIGINAL|HEAD|OLD)\s*$")
_DIVIDER = re.compile(r"^\s*={5,9}\s*$")
_REPLACE = re.compile(r"^\s*>{5,9}\s*(?:REPLACE|UPDATED|NEW)\s*$")
_HUNK = re.compile(r"^@@(?: -\d+(?:,\d+)? \+\d+(?:,\d+)? @@.*|.*)$")
_DIFF_HEAD = re.compile(
    r"^(?:diff --git .*|index [0-9a-f]+\.\..*|--- .*|\+\+\+ .*"
    r"|(?:new|old|deleted) (?:file )?mode .*"
    r"|\*\*\* (?:Begin Patch|End Patch|Update File: .*|End of File))$"
)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines to find, and the lines to put there."""

    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DirectEdit:
    """The new lines, or why there are none."""

    lines: tuple[Line, ...] | None
    problem: str = ""


def direct_edit(snippet: Sequence[str], original: Sequence[str]) -> DirectEdit | None:
    """Apply the snippet if it is made of search/replace blocks or is a diff, else None."""
    blocks = snippet_blocks(snippet, original)
    if blocks is None:
        return None
    return apply_blocks(blocks, original) if blocks else DirectEdit(None, "unreadable_blocks")


def snippet_blocks(snippet: Sequence[str], original: Sequence[str]) -> list[Block] | None:
    """The blocks of such a snippet, none if they cannot be read; None for ordinary snippets."""
    if any(_SEARCH.match(line) for line in original):
        return None
    if any(_SEARCH.match(line) for line in snippet):
        return parse_search_replace(snippet) or []
    return (parse_diff(snippet) or []) if _is_diff(snippet, original) else None


def parse_search_replace(lines: Sequence[str]) -> list[Block] | None:
    """The blocks; None when one is cut off or anything but blank lines stands between them."""
    blocks: list[Block] = []
    old: list[str] | None = None
    new: list[str] | None = None
    for line in lines:
        if old is None:
            if _SEARCH.match(line):
                old = []
            elif line.strip() and not re.match(r"^\s*(?:`{3,}\w*|\S+\.\w+)\s*$", line):
                return None
        elif new is None:
            if _SEARCH.match(line) or _REPLACE.match(line):
                return None
            if _DIVIDER.match(line):
                new = []
            else:
                old.append(line)
        elif _REPLACE.match(line):
            blocks.append(Block(tuple(old), tuple(new)))
            old = new = None
        elif _SEARCH.match(line) or _DIVIDER.match(line):
            return None
        else:
            new.append(line)
    return blocks if old is None and blocks else None


def _is_diff(snippet: Sequence[str], original: Sequence[str]) -> bool:
    """A hunk header and, below it, only lines that a diff can hold."""
    start = next((n for n, line in enumerate(snippet) if _HUNK.match(line)), None)
    if start is None or any(_HUNK.match(line) for line in original):
        return False
    if not all(_DIFF_HEAD.match(line) or not line.strip() for line in snippet[:start]):
        return False
    body = snippet[start:]
    changes = any(line[:1] in ("+", "-") for line in body)
    return changes and all(_is_diff_line(line) for line in body)


def _is_diff_line(line: str) -> bool:
    return not line or line[0] in "+- \\" or bool(_HUNK.match(line) or _DIFF_HEAD.match(line))


def parse_diff(lines: Sequence[str]) -> list[Block] | None:
    """One block per hunk; the numbers of the hunk headers are not trusted."""
    blocks: list[Block] = []
    old: list[str] = []
    new: list[str] = []
    inside = False
    for line in [*lines, "@@"]:
        if _HUNK.match(line):
            if old or new:
                blocks.append(_without_blank_tail(old, new))
            old, new, inside = [], [], True
        elif not inside or (_DIFF_HEAD.match(line) and not line.startswith(("--- ", "+++ "))):
            continue
        elif line.startswith("\\"):
            continue
        elif line.startswith("-"):
            old.append(line[1:])
        elif line.startswith("+"):
            new.append(line[1:])
        else:
            old.append(line[1:])
            new.append(line[1:])
    return blocks or None


def _without_blank_tail(old: list[str], new: list[str]) -> Block:
    """Blank lines after the last hunk belong to the reply, not to the file."""
    while old and new and not old[-1].strip() and not new[-1].strip():
        old, new = old[:-1], new[:-1]
    return Block(tuple(old), tuple(new))


def apply_blocks(blocks: Sequence[Block], original: Sequence[str]) -> DirectEdit:
    """Replace each block where its old lines stand; they must stand in one place only."""
    places: list[tuple[int, Block]] = []
    for block in blocks:
        if not any(line.strip() for line in block.old):
            return DirectEdit(None, "no_anchor")
        found = _places(block.old, original, str)
        if not found:
            found = _places(block.old, original, plain_typography)
        if not found:
            return DirectEdit(None, "block_not_found")
        if len(found) > 1:
            return DirectEdit(None, "ambiguous_location")
        places.append((found[0], block))
    ordered = sorted(places, key=lambda item: item[0])
    result: list[Line] = []
    position = 0
    for at, block in ordered:
        if at < position:
            return DirectEdit(None, "overlapping_blocks")
        result.extend((original[n], n) for n in range(position, at))
        result.extend(_merged(block, at, original))
        position = at + len(block.old)
    result.extend((original[n], n) for n in range(position, len(original)))
    return DirectEdit(tuple(result))


def _merged(block: Block, at: int, original: Sequence[str]) -> list[Line]:
    """New lines of a block; those it repeats from the file keep the file's bytes."""
    lines: list[Line] = []
    head = 0
    limit = min(len(block.old), len(block.new))
    while head < limit and block.old[head] == block.new[head]:
        lines.append((original[at + head], at + head))
        head += 1
    tail = 0
    while tail < limit - head and block.old[-1 - tail] == block.new[-1 - tail]:
        tail += 1
    lines.extend((line, -1) for line in block.new[head : len(block.new) - tail])
    end = at + len(block.old)
    lines.extend((original[n], n) for n in range(end - tail, end))
    return lines


def _places(old: Sequence[str], original: Sequence[str], plain: object) -> list[int]:
    form = plain if callable(plain) else str
    wanted = [form(line) for line in old]
    lines = [form(line) for line in original]
    found: list[int] = []
    for at in range(len(lines) - len(wanted) + 1):
        if lines[at] == wanted[0] and lines[at : at + len(wanted)] == wanted:
            found.append(at)
            if len(found) > 1:
                break
    return found
