"""Mapping by lines, for formats that are read more surely by patterns than by a grammar."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from re import Pattern

from .entries import Entry, balanced, cut_line

# No line of a format that people write by hand is longer.
MAX_SCANNED_LINE = 2_000
MAX_LISTED = 5_000
_DANGLING = " \t{(,;"


@dataclass(frozen=True, slots=True)
class LineRule:
    """A line that defines something: group `name`, and group `text` or the whole line shown.

    `under` names the kinds of the entry above (one level higher) that it may belong to;
    such a rule is tried only until `ends` of the mapper closes that entry.
    """

    kind: str
    pattern: Pattern[str]
    level: int = 0
    under: tuple[str, ...] = ()


def rule(kind: str, pattern: str, level: int = 0, under: str = "", flags: int = 0) -> LineRule:
    """A line rule from a pattern that is matched at the start of a line."""
    return LineRule(kind, re.compile(pattern, flags), level, tuple(under.split()))


def line_mapper(
    rules: Sequence[LineRule],
    *,
    blocks: Sequence[tuple[str, str]] = (),
    ends: str = "",
    joined: bool = False,
    unique: bool = False,
) -> Callable[[str], list[Entry]]:
    """A mapper that tries the rules on each line, in order.

    Text between the two patterns of a block (comments, long strings) is skipped. With
    `joined`, a line that ends with a backslash goes on in the next.
    """
    open_block = re.compile("|".join(f"(?P<b{n}>{begin})" for n, (begin, _) in enumerate(blocks)))
    closings = [re.compile(end) for _, end in blocks]
    closing_line = re.compile(ends) if ends else None

    def mapper(text: str) -> list[Entry]:
        entries: list[Entry] = []
        holder = ""
        seen: set[tuple[str, str]] = set()
        lines = _outside(_lines(text, joined), open_block if blocks else None, closings)
        for line in lines:
            entry = _match(rules, line, holder)
            if entry is None:
                if closing_line and holder and closing_line.match(line):
                    holder = ""
                continue
            if entry.depth == 0:
                holder = entry.kind
            if unique and (entry.kind, entry.name) in seen and entry.depth == 0:
                continue
            seen.add((entry.kind, entry.name))
            entries.append(entry)
            if len(entries) > MAX_LISTED:
                break
        return entries

    return mapper


def _match(rules: Sequence[LineRule], line: str, holder: str) -> Entry | None:
    for candidate in rules:
        if candidate.under and holder not in candidate.under:
            continue
        found = candidate.pattern.match(line)
        if found is None:
            continue
        groups = found.groupdict()
        shown = " ".join((groups.get("text") or line).split()).rstrip(_DANGLING)
        name = " ".join(found["name"].split())
        depth = candidate.level if holder or candidate.level == 0 else 0
        return Entry(candidate.kind, name, depth, cut_line(balanced(shown or name)))
    return None


def _lines(text: str, joined: bool) -> Iterable[str]:
    if not joined:
        return (line for line in text.splitlines() if len(line) <= MAX_SCANNED_LINE)
    return _joined(text.splitlines())


def _joined(lines: list[str]) -> Iterable[str]:
    held = ""
    for line in lines:
        if line.endswith("\\") and len(held) < MAX_SCANNED_LINE:
            held += line[:-1] + " "
            continue
        yield (held + line)[:MAX_SCANNED_LINE]
        held = ""
    if held:
        yield held


def _outside(
    lines: Iterable[str], opening: Pattern[str] | None, closings: list[Pattern[str]]
) -> Iterable[str]:
    """The lines without those that lie in a block; the line that opens one is kept."""
    if opening is None:
        yield from lines
        return
    closing: Pattern[str] | None = None
    for line in lines:
        at = 0
        if closing is not None:
            found = closing.search(line)
            if found is None:
                continue
            at = found.end()
            closing = None
        kept = line[at:] if at else line
        while (begin := opening.search(line, at)) is not None:
            closing = closings[int((begin.lastgroup or "b0")[1:])]
            found = closing.search(line, begin.end())
            if found is None:
                break
            closing = None
            at = max(found.end(), begin.end() + 1)
        yield kept
