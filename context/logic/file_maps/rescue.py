"""Definitions that a grammar lost to an error elsewhere in the file, found by how they begin.

A construct that a grammar does not know can make a parser swallow a whole class. A language's
`headers` say how its definitions look at the start of a line; where a tree has errors, those
that it lacks are added. Layout tells what they belong to, strings and comments are left alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tree_sitter import Node

from .entries import Entry
from .lines import LineRule
from .signature import clean_line
from .tables import Language

MAX_HEADER = 2_000
HOLDERS = frozenset(
    "class struct interface enum record object trait namespace module protocol extension impl"
    " union type".split()
)
_SPACES = frozenset(("namespace", "module", "impl"))


@dataclass(frozen=True, slots=True)
class _Found:
    entry: Entry
    column: int
    is_new: bool


def with_rescued(
    language: Language, source: bytes, root: Node, entries: list[Entry]
) -> list[Entry]:
    """The entries with those that only the headers of the language find, in source order."""
    if not language.headers:
        return entries
    # One character is one byte, so positions are those of the tree.
    text = source.decode("latin-1")
    lost = list(_lost(language, text, root, entries))
    if not lost:
        return entries
    starts = _line_starts(text)
    found = [_Found(entry, _column(text, starts, entry.begin), False) for entry in entries]
    found += [_Found(entry, _column(text, starts, entry.begin), True) for entry in lost]
    found.sort(key=lambda one: one.entry.begin)
    return list(_nested(found))


def _lost(language: Language, text: str, root: Node, entries: list[Entry]) -> Iterator[Entry]:
    known: dict[str, list[Entry]] = {}
    for entry in entries:
        known.setdefault(entry.name, []).append(entry)
    seen: set[int] = set()
    for rule in language.headers:
        for match in rule.pattern.finditer(text):
            at = match.start("name")
            name = _unicode(match["name"])
            if at in seen or any(one.begin <= at < one.end for one in known.get(name, ())):
                continue
            seen.add(at)
            if not _is_text(language, root, at):
                yield _entry(language, rule, text, match.start("text"), at, name)


def _entry(language: Language, rule: LineRule, text: str, begin: int, at: int, name: str) -> Entry:
    end = _header_end(text, at)
    return Entry(rule.kind, name, 0, clean_line(_unicode(text[begin:end]), language), begin, end)


def _header_end(text: str, at: int) -> int:
    """Where the body begins, or the line ends outside all parentheses."""
    open_ones = 0
    for position in range(at, min(len(text), at + MAX_HEADER)):
        sign = text[position]
        if sign in "([":
            open_ones += 1
        elif sign in ")]":
            open_ones -= 1
        elif open_ones <= 0 and sign in "{;=\n":
            return position
    return min(len(text), at + MAX_HEADER)


def _is_text(language: Language, root: Node, at: int) -> bool:
    """Tell whether a place lies in a string or a comment."""
    node = root.descendant_for_byte_range(at, at + 1)
    while node is not None:
        if any(word in node.type for word in language.texts):
            return True
        node = node.parent
    return False


def _nested(found: list[_Found]) -> Iterator[Entry]:
    """New entries below those they are indented from; members of a new one one level deeper."""
    above: list[tuple[int, Entry, bool]] = []
    # What was moved down takes what is in it along: its depth before, and by how much.
    moved: list[tuple[int, int]] = []
    for one in found:
        while above and above[-1][0] >= one.column:
            above.pop()
        entry = one.entry
        holder = above[-1] if above else None
        if one.is_new:
            if holder is not None and holder[1].kind not in HOLDERS:
                continue
            depth = holder[1].depth + 1 if holder else 0
            kind = entry.kind
            if kind == "function" and holder is not None and holder[1].kind not in _SPACES:
                kind = "method"
            entry = replace(entry, kind=kind, depth=depth)
        else:
            while moved and moved[-1][0] >= entry.depth:
                moved.pop()
            depth = entry.depth + (moved[-1][1] if moved else 0)
            if holder is not None and holder[2]:
                depth = max(depth, holder[1].depth + 1)
            if depth > entry.depth:
                moved.append((entry.depth, depth - entry.depth))
                entry = replace(entry, depth=depth)
        above.append((one.column, entry, one.is_new))
        yield entry


def _line_starts(text: str) -> list[int]:
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts


def _column(text: str, starts: list[int], at: int) -> int:
    """The indentation of the line of a position."""
    begin = starts[bisect_right(starts, at) - 1]
    end = begin
    while end < len(text) and text[end] in " \t":
        end += 1
    return end - begin


def _unicode(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "replace")
