"""What the explanation says of each place of change, held against what a reading does there.

A declaration never moves an edit: it confirms a reading that the lines themselves suggest, or
speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from execution.logic.edits.alignment.align import Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk, is_weak
from execution.logic.edits.text.description import Change, Description
from execution.logic.edits.text.markers import Kind
from execution.logic.edits.text.names import line_name

MIN_PREFIX = 6  # characters of a quoted start of a line that name the line
MIN_CONTEXT = 2  # letters and digits of a line that is told apart from others by its text
_WORD = re.compile(r"^[\w$.:#~]+$")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far changes and places agree; places are numbered as the hunks are."""

    paired: bool = False  # one change of the right type for each place, in order
    exact: frozenset[int] = frozenset()  # the lines that go are exactly those declared
    held: frozenset[int] = frozenset()  # the lines above and below are named as unchanged
    lost: frozenset[int] = frozenset()  # original lines that go, though named as unchanged
    mismatch: bool = False  # as many changes as places, but not of these kinds

    def confirms(self, number: int) -> bool:
        """The extent of this place is declared."""
        return number in self.exact or number in self.held

    def confirms_all(self, hunks: Sequence[Hunk]) -> bool:
        return bool(hunks) and all(self.confirms(number) for number in range(len(hunks)))


@dataclass(frozen=True, slots=True)
class _Place:
    """A hunk, or a part of it between blank lines that stay."""

    hunk: int
    gone: tuple[int, ...]  # solid original lines without a removal marker
    removed: tuple[int, ...]  # those with one
    fresh: tuple[str, ...]
    above: Step | None
    below: Step | None
    whole: bool  # all of its hunk

    def fits(self, change: Change) -> bool:
        gone = bool(self.gone or self.removed)
        match change.type:
            case "add" | "prepend" | "append":
                return not gone
            case "remove":
                return gone and not self.fresh
            case _:
                return gone


SILENT = Agreement()


def deleted_lines(problem: Problem, hunk: Hunk) -> list[int]:
    """Solid original lines that go at a place."""
    if problem.pure_insert:
        return hunk.lines(problem, Op.CHANGE)
    return hunk.lines(problem, Op.SKIP, Op.REMOVE, Op.CHANGE)


def agreement(
    problem: Problem, steps: Sequence[Step], hunks: Sequence[Hunk], description: Description
) -> Agreement:
    """Hold the declared changes against the places of change."""
    changes = description.changes
    if not changes or not hunks or description.overwrite:
        return SILENT
    places = _paired_places(problem, hunks, changes)
    exact = _exact_hunks(problem, steps, hunks, description)
    if places is None:
        others = [hunk for number, hunk in enumerate(hunks) if number not in exact]
        return Agreement(False, exact, lost=_quoted_lost(problem, others, changes))
    fits = all(place.fits(change) for place, change in zip(places, changes, strict=True))
    held = frozenset(
        place.hunk
        for place, change in zip(places, changes, strict=True)
        if fits
        and place.whole
        and _is_held(problem, place, change)
        and (not change.ranges or place.hunk in exact)
    )
    lost = frozenset(
        line
        for place, change in zip(places, changes, strict=True)
        for line in _lost_lines(problem, place, change)
    )
    return Agreement(fits, exact, held, lost, not fits and len(changes) > 1)


def _paired_places(
    problem: Problem, hunks: Sequence[Hunk], changes: Sequence[Change]
) -> list[_Place] | None:
    """As many places as there are changes, or None."""
    whole = [_place(problem, number, hunk, hunk.steps) for number, hunk in enumerate(hunks)]
    if len(whole) == len(changes):
        return whole
    parts = [
        place
        for number, hunk in enumerate(hunks)
        for run in hunk.runs()
        if (place := _place(problem, number, hunk, run)).gone or place.removed or place.fresh
    ]
    return parts if len(parts) == len(changes) else None


def _place(problem: Problem, number: int, hunk: Hunk, steps: Sequence[Step]) -> _Place:
    blank, tokens = problem.original.blank, problem.tokens
    leaving = (Op.CHANGE,) if problem.pure_insert else (Op.CHANGE, Op.SKIP)
    return _Place(
        number,
        tuple(s.line for s in steps if s.op in leaving and not blank[s.line]),
        tuple(s.line for s in steps if s.op is Op.REMOVE and not blank[s.line]),
        tuple(
            tokens[s.token].text
            for s in steps
            if s.op in (Op.INSERT, Op.CHANGE) and tokens[s.token].kind is Kind.LITERAL
        ),
        hunk.above,
        hunk.below,
        len(steps) == len(hunk.steps),
    )


def _exact_hunks(
    problem: Problem, steps: Sequence[Step], hunks: Sequence[Hunk], description: Description
) -> frozenset[int]:
    """Hunks within declared ranges of which every line is gone or shown, none kept unseen."""
    if not description.ranges:
        return frozenset()
    blank = problem.original.blank
    hidden = [s.line + 1 for s in steps if s.op is Op.COVER and not blank[s.line]]
    seen = [
        (low, high)
        for low, high in description.ranges
        if not any(low <= line <= high for line in hidden)
    ]
    return frozenset(
        number
        for number, hunk in enumerate(hunks)
        if (gone := deleted_lines(problem, hunk))
        and all(any(low <= line + 1 <= high for low, high in seen) for line in gone)
    )


def _is_held(problem: Problem, place: _Place, change: Change) -> bool:
    """The change names the kept line above and the one below, or the file ends there.

    A line such as `/**` that the file has several times does not say which one is meant. Nor
    does an end of the snippet without a reference say that the file goes up to its end.
    """
    implied = [problem.tokens[number].kind is Kind.IMPLIED for number in (0, -1)]
    return bool(change.context) and all(
        not (place.gone and open_end)
        if step is None
        else not is_weak(problem, step)
        and any(names(quote, problem.original.lines[step.line]) for quote in change.context)
        for step, open_end in zip((place.above, place.below), implied, strict=True)
    )


def _lost_lines(problem: Problem, place: _Place, change: Change) -> list[int]:
    """Lines that the change names as unchanged, and that go at its place.

    A removal marker may stand for other lines of the same text, so there only unique ones count.
    """
    lines = problem.original.lines
    removed = [line for line in place.removed if len(problem.by_text[lines[line]]) == 1]
    if place.removed and not _stands_beside(problem, place, lines[place.removed[0]]):
        removed.append(place.removed[0])
    if place.removed and not _stands_beside(problem, place, lines[place.removed[-1]]):
        removed.append(place.removed[-1])
    return [
        line
        for line in dict.fromkeys((*place.gone, *removed))
        if _is_quoted(problem, line, change, place.fresh)
    ]


def _stands_beside(problem: Problem, place: _Place, text: str) -> bool:
    """The line above or below that stays has this text."""
    kept = (step for step in (place.above, place.below) if step is not None)
    return any(problem.original.lines[step.line] == text for step in kept)


def _is_quoted(problem: Problem, line: int, change: Change, fresh: Sequence[str]) -> bool:
    """The change names the line as unchanged, and it does not come back."""
    text = problem.original.lines[line]
    return (
        not problem.original.pure_closing[line]
        and any(
            names(quote, text) and not any(names(quote, new) for new in fresh)
            for quote in change.context
        )
        and sum(char.isalnum() for char in text) >= MIN_CONTEXT
    )


def _quoted_lost(
    problem: Problem, hunks: Sequence[Hunk], changes: Sequence[Change]
) -> frozenset[int]:
    """The same where it is not known which change a place belongs to."""
    found: set[int] = set()
    for hunk in hunks:
        fresh = [problem.tokens[number].text for number in hunk.inserted(problem)]
        found.update(
            line
            for line in deleted_lines(problem, hunk)
            if any(_is_quoted(problem, line, change, fresh) for change in changes)
        )
    return frozenset(found)


def names(quote: str, line: str) -> bool:
    """Whether words quoted in an explanation stand for this line.

    They are the line, its beginning, or the name that it defines.
    """
    quote = quote.strip()
    if quotes(quote, line):
        return True
    if not _WORD.match(quote):
        return False
    name = line_name(line)
    return name is not None and name[1].strip("\"'") == quote.rsplit(".", 1)[-1]


def quotes(quote: str, line: str) -> bool:
    """Whether the quoted words are this line, or its beginning."""
    text, quote = line.strip(), quote.strip()
    if text == quote:
        return bool(text)
    return len(quote) >= MIN_PREFIX and " " in quote and text.startswith(quote)
