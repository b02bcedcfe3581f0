"""The explanation before a block: types of change, declared line ranges, named symbols."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_FIELD = re.compile(
    r"^\s*[-*]*\s*\**(type|replace|context|summary|preserve)\**\s*:\**\s*(.*)$", re.I
)
_TYPE = re.compile(r"\b(overwrite|replace|remove|add|prepend|append|new file)\b")
_RANGE = re.compile(r"^(?:lines?\s+)?(\d{1,7})(?:\s*(?:-|–|to)\s*(\d{1,7}))?$", re.I)
_SYMBOL = re.compile(r"`([^`\n]{1,200})`")
_SIDE = re.compile(r"\b(after|before)\s+`")
GAINING = frozenset({"add", "prepend", "append"})
LOSING = frozenset({"replace", "remove"})

MAX_CHANGES = 500  # with more an explanation is none


@dataclass(frozen=True, slots=True)
class Change:
    type: str
    ranges: tuple[tuple[int, int], ...] = ()
    context: tuple[str, ...] = ()  # code that stays, quoted from the field `Context:`
    side: str = ""  # `after` or `before`, if it says so of the first quoted line


@dataclass(frozen=True, slots=True)
class Description:
    """What the explanation declares; every field may be empty."""

    changes: tuple[Change, ...]
    symbols: tuple[str, ...]

    @property
    def types(self) -> frozenset[str]:
        return frozenset(change.type for change in self.changes)

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        return tuple(span for change in self.changes for span in change.ranges)

    @property
    def overwrite(self) -> bool:
        return "overwrite" in self.types or self.types == {"new file"}

    @property
    def pure_insert(self) -> bool:
        return bool(self.types) and self.types <= GAINING


def parse_description(text: str) -> Description:
    """Read the structured fields only; prose with numbers in it says nothing."""
    changes: list[Change] = []
    symbols: list[str] = []
    for line in text.splitlines():
        match = _FIELD.match(line)
        if match is None:
            continue
        name, value = match.group(1).lower(), match.group(2).strip()
        if name == "type":
            found = _TYPE.search(value.lower().strip("*` '\""))
            if found:
                changes.append(Change(found.group(1)))
        elif name == "replace":
            ranges = parse_ranges(value)
            if changes and ranges:
                last = changes[-1]
                changes[-1] = replace(last, ranges=last.ranges + ranges)
        else:
            found_symbols = _SYMBOL.findall(value)
            symbols.extend(found_symbols)
            if name == "context" and changes:
                last = changes[-1]
                side = _SIDE.search(value)
                changes[-1] = replace(
                    last,
                    context=(*last.context, *found_symbols),
                    side=side.group(1) if side else "",
                )
    if len(changes) > MAX_CHANGES:
        return Description((), ())
    return Description(tuple(changes), tuple(symbols))


def parse_ranges(value: str) -> tuple[tuple[int, int], ...]:
    """``lines 10-20, 30`` as pairs; anything that is not such a list gives nothing."""
    spans: list[tuple[int, int]] = []
    for part in re.split(r"\s*(?:,|;|\band\b|&)\s*", value.strip().strip(".*`")):
        match = _RANGE.match(part.strip())
        if match is None:
            return ()
        first = int(match.group(1))
        last = int(match.group(2) or first)
        if first < 1 or last < first:
            return ()
        spans.append((first, last))
    return tuple(spans)
