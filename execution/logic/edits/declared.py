"""Explanations taken at their word: which lines go, and where new code stands.

Where a reading of the lines alone is not certain, the explanation may settle it: if the snippet
can be read so that just the declared lines go, and every other line of the file is shown or
referenced, then two statements of the model that do not depend on each other agree.
"""

from __future__ import annotations

from execution.logic.edits.agreement import quotes
from execution.logic.edits.costs import Fate
from execution.logic.edits.description import GAINING, LOSING, Change, Description
from execution.logic.edits.structure import Outline

Span = tuple[int, int]  # original lines [start, end)


def fates(description: Description, original: Outline) -> list[Fate]:
    """What the explanation says of the lines, the strictest understanding first; maybe nothing.

    Where new code stands is known only if each change says it.
    """
    changes = description.changes
    if not changes or not description.types <= LOSING | GAINING:
        return []
    if any(high > len(original.lines) for _, high in description.ranges):
        return []
    losing = [_spans(change, original) for change in changes if change.type in LOSING]
    gaining = [_places(change, original) for change in changes if change.type in GAINING]
    if not all(losing):
        return []
    spans = [span for part in losing for span in part]
    goes = frozenset(
        line for low, high in spans for line in range(low, high) if not original.blank[line]
    )
    behind = [_behind(original, low, high) for low, high in spans]
    places = frozenset(place for part in (*behind, *gaining) for place in part)
    return [Fate(goes, places), Fate(goes, None)] if all(gaining) else [Fate(goes, None)]


def _spans(change: Change, original: Outline) -> list[Span]:
    """The lines that go: those of the ranges, or all between the two quoted ones."""
    if change.ranges:
        return [(low - 1, high) for low, high in change.ranges]
    pair = _pair(change, original)
    return [(pair[0] + 1, pair[1])] if pair and _next_solid(original, pair[0]) < pair[1] else []


def _behind(original: Outline, low: int, high: int) -> range:
    """Where the new form of lines may stand: behind them, blank lines included or not."""
    last = next((line for line in range(high - 1, low, -1) if not original.blank[line]), low)
    return range(last + 1, high + 1)


def _places(change: Change, original: Outline) -> set[int]:
    """Lines before which new code may stand: between two that are quoted, beside one."""
    pair = _pair(change, original)
    if pair is None and len(change.context) == 1:
        found = _quoted(change.context[0], original)
        if len(found) == 1 and change.side == "after":
            pair = found[0], _next_solid(original, found[0])
        elif len(found) == 1 and change.side == "before":
            pair = _last_solid(original, found[0]), found[0]
    if pair is None or _next_solid(original, pair[0]) < pair[1]:
        return set()
    return set(range(pair[0] + 1, pair[1] + 1))


def _pair(change: Change, original: Outline) -> Span | None:
    """The two quoted lines that stay: one that the file has once, and the nearest other one."""
    if len(change.context) != 2:
        return None
    upper, lower = (_quoted(quote, original) for quote in change.context)
    if len(upper) == 1:
        below = next((line for line in lower if line > upper[0]), None)
        return None if below is None else (upper[0], below)
    if len(lower) == 1:
        above = next((line for line in reversed(upper) if line < lower[0]), None)
        return None if above is None else (above, lower[0])
    return None


def _quoted(quote: str, original: Outline) -> list[int]:
    return [at for at, line in enumerate(original.lines) if quotes(quote, line)]


def _next_solid(original: Outline, line: int) -> int:
    return original.next_solid[line + 1]


def _last_solid(original: Outline, line: int) -> int:
    return next((at for at in range(line - 1, -1, -1) if not original.blank[at]), -1)
