"""Results as replacements that the CLI replays: whole lines, found by first occurrence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from execution.logic.edits.text.matching import changes_between, common_ends


@dataclass(frozen=True, slots=True)
class Replacement:
    old: str
    new: str


class ReplayFailed(Exception):
    """The old text of a replacement is not there."""


@dataclass(frozen=True, slots=True)
class Span:
    """Lines [start, end) of the old text become lines [new_start, new_end) of the new."""

    start: int
    end: int
    new_start: int
    new_end: int


MAX_DIFFED = 4_000_000  # product of the changed middles beyond which one span must do
MAX_WHOLE, PIECE = 1_000_000, 200  # pairs of lines matched at once; lines of a piece
MAX_GROWTH = 2_000


def replay(text: str, replacements: Sequence[Replacement]) -> str:
    """Replace each old text by the new one, from the running position on."""
    position = 0
    for replacement in replacements:
        at = text.find(replacement.old, position)
        if at < 0:
            raise ReplayFailed(replacement.old[:200])
        text = text[:at] + replacement.new + text[at + len(replacement.old) :]
        position = at + len(replacement.new)
    return text


def replacements_between(old: str, new: str) -> list[Replacement]:
    """Replacements whose replay on ``old`` gives exactly ``new``; none for equal texts."""
    if old == new:
        return []
    if not old:
        return [Replacement("", new)]
    old_lines, new_lines = _keep_ends(old), _keep_ends(new)
    spans = _unambiguous(changed_spans(old_lines, new_lines), old, old_lines)
    found = [
        Replacement(
            "".join(old_lines[s.start : s.end]), "".join(new_lines[s.new_start : s.new_end])
        )
        for s in spans
    ]
    if not _replays(old, new, found):
        found = [Replacement(old, new)]
        if not _replays(old, new, found):
            raise ReplayFailed("the stored form does not give the wanted text")
    return found


def _replays(old: str, new: str, found: list[Replacement]) -> bool:
    try:
        return replay(old, found) == new
    except ReplayFailed:
        return False


def _keep_ends(text: str) -> list[str]:
    parts = text.split("\n")
    lines = [part + "\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


def changed_spans(old: Sequence[str], new: Sequence[str]) -> list[Span]:
    """Where two lists of lines differ, in order."""
    head, tail = common_ends(old, new)
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    whole = Span(head, len(old) - tail, head, len(new) - tail)
    if not middle_old and not middle_new:
        return []
    if not middle_old or not middle_new or _expensive(middle_old, middle_new):
        return [whole]
    return [
        Span(head + low + i1, head + low + i2, head + new_low + j1, head + new_low + j2)
        for low, high, new_low, new_high in _pieces(middle_old, middle_new)
        for i1, i2, j1, j2 in changes_between(middle_old[low:high], middle_new[new_low:new_high])
    ]


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Matching takes squares, so long texts are cut at lines that both have once.

    Such a line that another one crosses cuts nothing.
    """
    low = new_low = 0
    if len(old) * len(new) > MAX_WHOLE:
        once, new_once = _once(old), _once(new)
        shared = [(at, new_once[line]) for line, at in once.items() if line in new_once]
        lowest = list(accumulate((there for _, there in reversed(shared)), min))[::-1]
        highest = -1
        for number, (at, there) in enumerate(shared):
            below = lowest[number + 1] if number + 1 < len(lowest) else len(new)
            if highest < there < below and at - low >= PIECE:
                yield low, at, new_low, there
                low, new_low = at, there
            highest = max(highest, there)
    yield low, len(old), new_low, len(new)


def _once(lines: Sequence[str]) -> dict[str, int]:
    """Lines that stand there once, in order, with their places."""
    counts = Counter(lines)
    return {line: at for at, line in enumerate(lines) if counts[line] == 1}


def _expensive(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether matching would meet too many pairs of equal lines."""
    counts: dict[str, int] = {}
    for line in new:
        counts[line] = counts.get(line, 0) + 1
    pairs = sum(counts.get(line, 0) for line in old)
    return pairs * 4 > MAX_DIFFED or len(old) * len(new) > 100 * MAX_DIFFED


def _unambiguous(spans: list[Span], old: str, lines: list[str]) -> list[Span]:
    """Grow each span by whole lines, up and then down, until a search finds it and nothing else.

    Replay searches on from the end of the text it inserted last, so old text between two spans
    is all that can attract a replacement.
    """
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    result: list[Span] = []
    for number, span in enumerate(spans):
        floor = result[-1].end if result else 0
        ceiling = spans[number + 1].start if number + 1 < len(spans) else len(lines)
        if span.start < floor:  # the one before has grown over it
            span = _joined(result.pop(), span)
            floor = result[-1].end if result else 0
        while True:
            grown = _grow(span, old, offsets, floor, ceiling)
            if grown is not None:
                result.append(grown)
                break
            if result:
                span = _joined(result.pop(), span)
                floor = result[-1].end if result else 0
                continue
            result.append(Span(0, len(lines), 0, span.new_end + len(lines) - span.end))
            return _cover_rest(result[0], spans, lines)
    return result


def _cover_rest(whole: Span, spans: list[Span], lines: list[str]) -> list[Span]:
    last = spans[-1]
    return [Span(0, len(lines), 0, last.new_end + len(lines) - last.end)]


def _joined(first: Span, second: Span) -> Span:
    return Span(first.start, second.end, first.new_start, second.new_end)


def _grow(span: Span, old: str, offsets: list[int], floor: int, ceiling: int) -> Span | None:
    start, end = span.start, span.end
    for _ in range(MAX_GROWTH):
        text = old[offsets[start] : offsets[end]]
        if text and old.find(text, offsets[floor]) == offsets[start]:
            above, below = span.start - start, end - span.end
            return Span(start, end, span.new_start - above, span.new_end + below)
        if start > floor and (start - floor >= end - span.end or end >= ceiling):
            start -= 1
        elif end < ceiling:
            end += 1
        elif start > floor:
            start -= 1
        else:
            return None
    return None
