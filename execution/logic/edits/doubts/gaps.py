"""Blank lines around changed code: does the result keep the gaps that the file has?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from execution.logic.edits.alignment.align import KEPT, WRITTEN, Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk, is_blank, is_covered
from execution.logic.edits.doubts.growth import odd_blanks, too_wide
from execution.logic.edits.text.markers import Kind


def gap_doubt(problem: Problem, steps: Sequence[Step], hunks: Sequence[Hunk]) -> bool:
    """Some gap of the result is neither the file's nor plainly meant."""
    return (
        any(_is_doubtful(problem, gap) for gap in _gaps(problem, steps))
        or _says_nothing(problem, hunks)
        or any(_swallowed(problem, steps, hunk) for hunk in hunks)
        or _open_end(problem, steps)
        or _head_goes(problem, steps)
        or any(too_wide(problem, steps, hunk) for hunk in hunks)
        or bool(odd_blanks(problem, steps, hunks))
    )


@dataclass(frozen=True, slots=True)
class _Gap:
    """Two lines of code that follow each other in the result, and what happens between them."""

    above: Step
    below: Step
    steps: Sequence[Step]

    def is_between(self, one: Op, other: Op) -> bool:
        return {self.above.op, self.below.op} == {one, other}

    @property
    def written(self) -> list[Step]:
        """Blank lines of the result."""
        return [step for step in self.steps if step.op in WRITTEN]

    @property
    def dropped(self) -> int:
        """Blank lines of the snippet that the result has not."""
        return sum(step.op is Op.DROP for step in self.steps)


def _gaps(problem: Problem, steps: Sequence[Step]) -> Iterator[_Gap]:
    """In order, but for those within what one reference keeps."""
    above: Step | None = None
    between: list[Step] = []
    for step in steps:
        if step.op not in WRITTEN or is_blank(problem, step):
            between.append(step)
            continue
        if above is not None and above.token != step.token:
            yield _Gap(above, step, between)
        above, between = step, []


def _is_doubtful(problem: Problem, gap: _Gap) -> bool:
    return (
        _lost(problem, gap)
        or _glued(gap)
        or _narrowed(gap)
        or _widened(problem, gap)
        or _doubled_sign(problem, gap)
    )


def _lost(problem: Problem, gap: _Gap) -> bool:
    """The snippet shows a blank line beside a removal, the result has none there."""
    if gap.written:
        return False
    lines = problem.snippet.lines
    return any(
        not line.strip()
        for token in problem.tokens[gap.above.token + 1 : gap.below.token]
        if token.kind is Kind.REMOVAL
        for line in lines[token.line - 1 : token.line + 2]
    )


def _glued(gap: _Gap) -> bool:
    """A blank line between new code and a reference is in neither the file nor the result."""
    if not gap.dropped or gap.written:
        return False
    return (gap.above.op is Op.INSERT) != (gap.below.op is Op.INSERT)


def _narrowed(gap: _Gap) -> bool:
    """Between new code and a reference more blank lines are shown than the result has there.

    Before an old line it takes two more: one may just set the reference apart.
    """
    kept = len(gap.written)
    shown = gap.dropped + sum(step.op is not Op.COVER for step in gap.written)
    if gap.is_between(Op.INSERT, Op.COVER):
        return shown > kept
    return shown > kept + 1 and gap.is_between(Op.COVER, Op.MATCH)


def _widened(problem: Problem, gap: _Gap) -> bool:
    """A gap grows between a line that a reference covers and one that is shown: nothing is new."""
    return (
        gap.is_between(Op.COVER, Op.MATCH)
        and any(step.op is Op.INSERT for step in gap.steps)
        and all(is_blank(problem, step) for step in gap.steps)  # no code goes there
    )


def _doubled_sign(problem: Problem, gap: _Gap) -> bool:
    """A new line of signs stands beside the same one of the file: the line between is forgotten."""
    if gap.written or not gap.is_between(Op.INSERT, Op.MATCH):
        return False
    text = _text(problem, gap.above)
    return text == _text(problem, gap.below) and _is_sign(text)


def _text(problem: Problem, step: Step) -> str:
    fresh = step.op is Op.INSERT
    return problem.tokens[step.token].text if fresh else problem.original.lines[step.line]


def _is_sign(text: str) -> bool:
    """Signs of a comment with nothing behind them."""
    return not any(char.isalnum() or char in "()[]{}<>" for char in text)


def _says_nothing(problem: Problem, hunks: Sequence[Hunk]) -> bool:
    """All that is new beside a reference are signs: they may belong to a line left out."""
    return any(
        fresh and not any(char.isalnum() for text in fresh for char in text)
        for hunk in hunks
        if is_covered(hunk.above) or is_covered(hunk.below)
        for fresh in [[problem.tokens[number].text for number in hunk.inserted(problem)]]
    )


def _swallowed(problem: Problem, steps: Sequence[Step], hunk: Hunk) -> bool:
    """A gap of the file beside a covered line goes, though at this place code is only added."""
    if hunk.lines(problem, Op.SKIP, Op.REMOVE, Op.CHANGE) or not hunk.inserted(problem):
        return False
    if not (is_covered(hunk.above) or is_covered(hunk.below)):
        return False
    above = hunk.above.line if hunk.above else -1
    first = hunk.start
    while first and steps[first - 1].line > above:
        first -= 1
    beside = [step.op for step in steps[first : hunk.end] if is_blank(problem, step)]
    return beside.count(Op.SKIP) > beside.count(Op.INSERT)


def _open_end(problem: Problem, steps: Sequence[Step]) -> bool:
    """New code ends the snippet, without the reference that would show the gap beside it."""
    covering = {step.token for step in steps if step.op is Op.COVER}
    fresh = {step.token for step in steps if step.op is Op.INSERT}
    solid = [n for n, token in enumerate(problem.tokens) if token.kind is not Kind.BLANK]
    return any(
        problem.tokens[outer].kind is Kind.IMPLIED and outer in covering and beside in fresh
        for outer, beside in ((solid[0], solid[min(1, len(solid) - 1)]), (solid[-1], solid[-2:][0]))
    )


def _head_goes(problem: Problem, steps: Sequence[Step]) -> bool:
    """The file begins with blank lines, and other code comes first: which of them stay?"""
    first = problem.original.next_solid[0]
    if not first:
        return False
    stay = {step.line for step in steps if step.op is Op.MATCH}
    if problem.snippet.next_solid[0] == first and stay.issuperset(range(first)):
        return False  # the snippet shows them as well
    top = next((s for s in steps if s.op in WRITTEN and not is_blank(problem, s)), None)
    return top is None or top.op not in KEPT or top.line != first
