"""Search/replace blocks in the dialects that models write them in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from execution.logic.edits.text.markers import marker_kind


class Block(NamedTuple):
    """Lines to find, the lines to put there, and a line of the file that heads the place."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    head: str = ""


@dataclass(frozen=True, slots=True)
class _Dialect:
    opens: re.Pattern[str]
    divides: re.Pattern[str]
    closes: re.Pattern[str]


def _whole_line(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*(?:{pattern})\s*$", re.IGNORECASE)


_ARROWS = _Dialect(
    _whole_line(r"<{5,9} ?(?:SEARCH|ORIGINAL|HEAD|OLD|BEFORE|CURRENT)>?|-{5,9} ?SEARCH>?"),
    _whole_line(r"={5,9}"),
    _whole_line(r">{5,9}(?: ?[\w./-]+)?|\+{5,9} ?REPLACE"),
)
_TAGS = tuple(
    _Dialect(
        _whole_line(f"<{old}>"), _whole_line(rf"</{old}>\s*(?:<{new}>)?"), _whole_line(f"</{new}>")
    )
    for old, new in (
        ("search", "replace"), ("old", "new"), ("old_str", "new_str"), ("find", "replace"),
        ("old_string", "new_string"), ("old_code", "new_code"), ("original", "updated"),
    )
)  # fmt: skip
_OPENS_NEW = _whole_line(r"<(?:replace|new|new_str|new_string|new_code|updated)>")
_HINT = re.compile(r"^:(?:start|end)_line:\s*\d+\s*$")
_RULE = re.compile(r"^-{5,9}$")
_FENCE = re.compile(r"^\s*`{3,}[\w+.-]*\s*$")
_FILE_NAME = re.compile(r"^\s*(?:\S+\.\w+|[\w./-]+):?\s*$")
_PROSE = re.compile(r"^\s*(?:[*#>-]+ ?)?\W?[A-Z]\w*(?:\W+\w+){2,}.*$|^.*\w:$|^\*\*.*\*\*$")


def dialect_of(lines: Sequence[str]) -> _Dialect | None:
    """The dialect whose opening line stands in the snippet."""
    for dialect in (_ARROWS, *_TAGS):
        opened = any(dialect.opens.match(line) for line in lines)
        if opened and (dialect is _ARROWS or any(dialect.closes.match(line) for line in lines)):
            return dialect
    return None


def has_blocks(lines: Sequence[str], original: Sequence[str]) -> bool:
    """Whether the snippet is made of such blocks; a file with lines like theirs cannot say."""
    dialect = dialect_of(lines)
    return dialect is not None and not any(dialect.opens.match(line) for line in original)


def parse_search_replace(
    lines: Sequence[str], original: Sequence[str], path: str
) -> list[Block] | None:
    """The blocks; None when one is cut off, or code stands between them."""
    dialect = dialect_of(lines)
    if dialect is None:
        return None
    blocks: list[Block] = []
    known = {line for line in original if line.strip()}
    old: list[str] | None = None
    new: list[str] | None = None
    for line in lines:
        if old is None:
            if dialect.opens.match(line):
                old = []
            elif not _stands_outside(line, known, path):
                return None
        elif new is None:
            if dialect.opens.match(line) or dialect.closes.match(line):
                return None
            if dialect.divides.match(line):
                new = []
            else:
                old.append(line)
        elif dialect.closes.match(line):
            blocks.append(_tidied(old, new))
            old = new = None
        elif dialect.opens.match(line) or dialect.divides.match(line):
            return None
        elif new or not _OPENS_NEW.match(line) or dialect is _ARROWS:
            new.append(line)
    return blocks if old is None and blocks else None


def _stands_outside(line: str, known: set[str], path: str) -> bool:
    """File names, fences and sentences may stand between blocks; code may not."""
    if not line.strip() or _FENCE.match(line):
        return True
    if line in known or marker_kind(line, path) is not None:
        return False
    return bool(_FILE_NAME.match(line) or _PROSE.match(line))


def _tidied(old: list[str], new: list[str]) -> Block:
    """Without line hints, and without fences within both parts."""
    while old and _HINT.match(old[0]):
        old = old[1:]
        if old and _RULE.match(old[0]):
            old = old[1:]
    if all(len(part) > 1 and _fenced(part) for part in (old, new)):
        old, new = old[1:-1], new[1:-1]
    return Block(tuple(old), tuple(new))


def _fenced(lines: Sequence[str]) -> bool:
    return bool(_FENCE.match(lines[0])) and lines[-1].strip() == "```"
