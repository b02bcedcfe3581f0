"""From a snippet to the cheapest sound reading of it, and to the readings that come close."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain

from execution.logic.edits.alignment.align import Op, Segment, Step
from execution.logic.edits.alignment.costs import INFINITE, Problem
from execution.logic.edits.alignment.cuts import Anchor, certain_anchors
from execution.logic.edits.alignment.near import MARGIN, near_readings
from execution.logic.edits.alignment.tables import FREE
from execution.logic.edits.readings.rivals import Judge, Rival, is_sound, standing
from execution.logic.edits.text.description import Description
from execution.logic.edits.text.markers import Kind

MAX_CELLS = 140_000
MAX_CELLS_DECLARED = 100_000  # for a second look
MAX_CELLS_ALONE = 240_000  # for a look at what is declared and at nothing else
MARGIN_UNSOUND = 260  # so much dearer a sound reading may be than one that tears blocks
MAX_WIDE = 40
MAX_STEPS_CHECKED = 250_000  # of dearer readings that are looked at


class TooComplex(Exception):
    """The texts repeat themselves so much that searching would take too long."""


class Contradicted(Exception):
    """The snippet cannot be read so that just the declared lines go."""


@dataclass(frozen=True, slots=True)
class Reading:
    steps: tuple[Step, ...]
    ambiguous_blanks: bool
    rivals: tuple[Rival, ...]  # nearest first
    crowded: bool = False  # too many come close to look at any


@dataclass(slots=True)
class _Search:
    """The chosen steps of each segment, and what else was found beside them."""

    problem: Problem
    description: Description
    segments: list[Segment | None] = field(default_factory=list)
    parts: list[list[Step]] = field(default_factory=list)
    twins: list[tuple[int, list[Step]]] = field(default_factory=list)
    others: list[tuple[int, int, list[Step]]] = field(default_factory=list)
    blanks_differ: bool = False
    crowded: bool = False

    def add(self, bounds: tuple[int, int, int, int], anchor: Anchor | None) -> None:
        """Align one segment; an anchor ends it."""
        first, last, low, high = bounds
        segment = None
        part: list[Step] = []
        if first < last or low < high:
            segment = Segment(self.problem, first, last, low, high)
            segment.forward()
            segment.backward()
            if segment.remaining((first, low, FREE)) >= INFINITE:
                raise Contradicted
            part = segment.path_from((first, low, FREE))
            near = near_readings(segment, part)
            position = len(self.parts)
            self.blanks_differ = self.blanks_differ or near.blanks_differ
            self.crowded = self.crowded or near.crowded
            self.others.extend((slack, position, other) for slack, other in near.others)
            self.twins.extend((position, other) for other in near.twins)
        if anchor is not None:
            part = [*part, Step(Op.MATCH, anchor.token, anchor.line, "exact")]
        self.segments.append(segment)
        self.parts.append(part)

    def with_part(self, position: int, other: list[Step]) -> list[Step]:
        """The whole reading with other steps in one segment; its closing anchor stays."""
        return list(chain.from_iterable(self._parts_with(position, other)))

    def _parts_with(self, position: int, other: list[Step]) -> list[list[Step]]:
        parts = list(self.parts)
        last = parts[position][-1:] if position + 1 < len(parts) else []
        parts[position] = [*other, *last]
        return parts

    @property
    def steps(self) -> list[Step]:
        return list(chain.from_iterable(self.parts))

    def sound(self, steps: list[Step]) -> bool:
        return is_sound(self.problem, steps, self.description)

    def doubled(self, steps: list[Step]) -> int:
        """Lines of the file that come as new code once more."""
        return sum(
            step.op is Op.INSERT and self.problem.tokens[step.token].text in self.problem.by_text
            for step in steps
        )

    def make_sound(self) -> None:
        """Take other steps to the same text, or to another one, if they alone are sound."""
        if self.sound(self.steps):
            return
        for position, other in self.twins:
            if self.sound(self.with_part(position, other)):
                self.parts = self._parts_with(position, other)
                return
        self._take_dearer()

    def _take_dearer(self) -> None:
        """The cheapest of the dearer readings that is sound; what comes close rivals it."""
        most = MAX_STEPS_CHECKED // (len(self.steps) + 1)
        for position, segment in enumerate(self.segments):
            if segment is None or most <= 0:
                continue
            own = self.parts[position]
            own = own[:-1] if position + 1 < len(self.parts) else own
            wide = near_readings(segment, own, MARGIN_UNSOUND + MARGIN, MAX_WIDE)
            doubled = self.doubled(own)
            tried = wide.others[:most]
            most -= len(tried)
            sound = [
                (slack, other)
                for slack, other in tried
                if self.doubled(other) <= doubled and self.sound(self.with_part(position, other))
            ]
            if not sound or sound[0][0] > MARGIN_UNSOUND:
                continue
            least, best = sound[0]
            self.others = [
                (slack - least, position, other)
                for slack, other in sound[1:]
                if slack - least <= MARGIN
            ]
            self.parts = self._parts_with(position, best)
            return


def read_snippet(problem: Problem, description: Description, *, alone: bool = False) -> Reading:
    """Align all tokens with all lines; raises TooComplex beyond the work limit.

    A nearly as cheap reading makes the place ambiguous unless it is unsound. ``alone``: the
    snippet was not read otherwise, so this look may take all the time there is.
    """
    most = MAX_CELLS if problem.fate is None else MAX_CELLS_DECLARED
    if alone:
        most = MAX_CELLS_ALONE
    try:
        return _read(problem, description, certain_anchors(problem), most)
    except Contradicted:  # new code may repeat a line that stands in the file once
        return _read(problem, description, [], most)


def _read(problem: Problem, description: Description, anchors: list[Anchor], most: int) -> Reading:
    segments = _segments(problem, anchors)
    if sum(_cells(problem, *bounds) for bounds in segments) > most:
        raise TooComplex
    search = _Search(problem, description)
    for position, bounds in enumerate(segments):
        search.add(bounds, anchors[position] if position < len(anchors) else None)
    if problem.fate is not None:
        return _declared(search)
    search.make_sound()
    steps = search.steps
    judge = Judge(problem, description, standing(problem, steps, description))
    rivals = [
        Rival(slack, tuple(whole))
        for slack, position, other in sorted(search.others, key=lambda rival: rival[:2])
        if judge.admits(slack, whole := search.with_part(position, other))
    ]
    return Reading(tuple(steps), search.blanks_differ, tuple(rivals), search.crowded)


def _declared(search: _Search) -> Reading:
    """The lines that go are given: every reading close by counts."""
    rivals = [
        Rival(slack, tuple(search.with_part(position, other)))
        for slack, position, other in sorted(search.others, key=lambda rival: rival[:2])
    ]
    return Reading(tuple(search.steps), search.blanks_differ, tuple(rivals), search.crowded)


def _cells(problem: Problem, first: int, last: int, low: int, high: int) -> int:
    """How much there is to search; where only markers stand, lines are merely passed."""
    tokens = problem.tokens[first:last]
    searched = any(token.kind is Kind.LITERAL for token in tokens)
    return (last - first + 1) * (high - low + 1) if searched else 0


def _segments(problem: Problem, anchors: list[Anchor]) -> list[tuple[int, int, int, int]]:
    found: list[tuple[int, int, int, int]] = []
    first = low = 0
    for anchor in anchors:
        found.append((first, anchor.token, low, anchor.line))
        first, low = anchor.token + 1, anchor.line + 1
    found.append((first, len(problem.tokens), low, len(problem.original.lines)))
    return found
