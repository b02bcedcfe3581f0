"""Explanations taken at their word: which lines go, and where new code stands.

Where a reading of the lines alone is not certain, the explanation may settle it: if the snippet
can be read so that just the declared lines go, and every other line of the file is shown or
referenced, then two statements of the model that do not depend on each other agree.
"""

from __future__ import annotations

from dataclasses import replace

from execution.logic.edits.alignment.costs import Fate
from execution.logic.edits.readings.agreement import quotes
from execution.logic.edits.text.description import GAINING, LOSING, Change, Description
from execution.logic.edits.text.structure import Outline

Span = tuple[int, int]  # original lines [start, end)


def fates(description: Description, original: Outline, *, quotes_count: bool) -> list[Fate]:
    """What the explanation says of the lines, the strictest understanding first; maybe nothing.

    Where new code stands is known only if each change says it. Quotes do not count where the
    snippet fits several places: then the explanation alone would choose.
    """
    changes = description.changes
    if not changes or not description.types <= LOSING | GAINING:
        return []
    if any(high > len(original.lines) + 1 for _, high in description.ranges):
        return []
    pairs = [_pair(change, original) if quotes_count else None for change in changes]
    told = list(zip(changes, pairs, strict=True))
    losing = [_spans(change, pair, original) for change, pair in told if change.type in LOSING]
    gaining = [_places(change, pair, original) for change, pair in told if change.type in GAINING]
    if not all(losing):
        return []
    spans = [span for part in losing for span in part]
    goes = frozenset(
        line
        for low, high in spans
        for line in range(low, min(high, len(original.lines)))
        if not original.blank[line]
    )
    behind = [_behind(original, low, high) for low, high in spans]
    places = frozenset(place for part in (*behind, *gaining) for place in part)
    replaced = tuple(
        frozenset(place for low, high in part for place in _behind(original, low, high))
        for change, part in zip([c for c in changes if c.type in LOSING], losing, strict=True)
        if change.type == "replace"
    )
    loose = Fate(goes, None, unsaid=sum(not place for place in gaining), replaced=replaced)
    return [Fate(goes, places, tuple(gaining)), loose] if all(gaining) else [loose]


def understood(description: Description, original: Outline) -> Description:
    """The explanation with changes that replace only blank lines as what they are: additions."""
    changes = tuple(
        replace(change, type="add") if _replaces_gap(change, original) else change
        for change in description.changes
    )
    return replace(description, changes=changes)


def _replaces_gap(change: Change, original: Outline) -> bool:
    blank = original.blank
    return (
        change.type == "replace"
        and bool(change.ranges)
        and all(high <= len(blank) and all(blank[low - 1 : high]) for low, high in change.ranges)
    )


def _spans(change: Change, pair: Span | None, original: Outline) -> list[Span]:
    """The lines that go: those of the ranges, or all between the two quoted ones."""
    if change.ranges:
        return [(low - 1, high) for low, high in change.ranges]
    return [(pair[0] + 1, pair[1])] if pair and _next_solid(original, pair[0]) < pair[1] else []


def quoted_spans(description: Description, original: Outline) -> list[Span]:
    """The lines between two quoted ones of each change that loses lines and has no range."""
    return [
        span
        for change in description.changes
        if change.type in LOSING and not change.ranges
        for span in _spans(change, _pair(change, original), original)
    ]


def _behind(original: Outline, low: int, high: int) -> range:
    """Where the new form of lines may stand: behind them, blank lines included or not."""
    high = min(high, len(original.lines))
    last = next((line for line in range(high - 1, low, -1) if not original.blank[line]), low)
    return range(last + 1, high + 1)


def _places(change: Change, pair: Span | None, original: Outline) -> frozenset[int]:
    """Lines before which new code may stand: between the two that are quoted, or at a gap."""
    if change.ranges:
        return frozenset(at for low, high in change.ranges for at in range(low - 1, high + 1))
    if pair is None or _next_solid(original, pair[0]) < pair[1]:
        return frozenset()
    return frozenset(range(pair[0] + 1, pair[1] + 1))


def _pair(change: Change, original: Outline) -> Span | None:
    """The two lines that are quoted as staying around a change.

    One of them the file must have only once; the other one is the nearest to it.
    """
    if len(change.context) == 1 and change.type in GAINING:
        return _beside(change, original)
    if len(change.context) != 2:
        return None
    upper, lower = (_telling(quote, original) for quote in change.context)
    if len(upper) == 1:
        below = next((line for line in lower if line > upper[0]), None)
        return None if below is None else (upper[0], below)
    if len(lower) == 1:
        above = next((line for line in reversed(upper) if line < lower[0]), None)
        return None if above is None else (above, lower[0])
    return None


def _telling(quote: str, original: Outline) -> list[int]:
    """A closing line that the file has several times does not say which one is meant."""
    found = _quoted(quote, original)
    return [line for line in found if len(found) == 1 or not original.pure_closing[line]]


def _beside(change: Change, original: Outline) -> Span | None:
    """The only quoted line, and the one next to it on the side of the change."""
    found = _quoted(change.context[0], original)
    if len(found) != 1 or not change.side:
        return None
    if change.side == "after":
        return found[0], _next_solid(original, found[0])
    return _last_solid(original, found[0]), found[0]


def _quoted(quote: str, original: Outline) -> list[int]:
    return [at for at, line in enumerate(original.lines) if quotes(quote, line)]


def _next_solid(original: Outline, line: int) -> int:
    return original.next_solid[line + 1]


def _last_solid(original: Outline, line: int) -> int:
    return next((at for at in range(line - 1, -1, -1) if not original.blank[at]), -1)
