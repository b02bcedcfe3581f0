"""Blank lines around changed code: does the result keep the gaps that the file has?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from execution.logic.edits.alignment.align import KEPT, WRITTEN, Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk, is_covered
from execution.logic.edits.doubts.growth import is_blank, odd_blanks, too_wide
from execution.logic.edits.text.markers import Kind


def gap_doubt(problem: Problem, steps: Sequence[Step], hunks: Sequence[Hunk]) -> bool:
    """Some gap of the result is neither the file's nor plainly meant."""
    return (
        _lost_gap(problem, steps)
        or _glued(problem, steps)
        or _narrowed(problem, steps)
        or _widened(problem, steps)
        or _says_nothing(problem, hunks)
        or any(_swallowed(problem, steps, hunk) for hunk in hunks)
        or _doubled_sign(problem, steps)
        or _open_end(problem, steps)
        or _head_goes(problem, steps)
        or any(too_wide(problem, steps, hunk) for hunk in hunks)
        or bool(odd_blanks(problem, steps, hunks))
    )


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
    below = hunk.below.line if hunk.below else len(problem.original.lines)
    first, last = hunk.start, hunk.end
    while first and steps[first - 1].line > above:
        first -= 1
    while last < len(steps) and steps[last].line <= below:
        last += 1
    beside = [
        step
        for step in steps[first:last]
        if step.op in (Op.SKIP, Op.INSERT) and is_blank(problem, step)
    ]
    gone = [step for step in beside if step.op is Op.SKIP and step.line < below]
    return len(gone) > sum(step.op is Op.INSERT for step in beside)


def _doubled_sign(problem: Problem, steps: Sequence[Step]) -> bool:
    """A new line of signs stands beside the same one of the file: the line between is forgotten."""
    written = [step for step in steps if step.op in WRITTEN]
    return any(
        {step.op, after.op} == {Op.INSERT, Op.MATCH}
        and _text(problem, step) == _text(problem, after)
        and _is_sign(_text(problem, step))
        for step, after in pairwise(written)
    )


def _text(problem: Problem, step: Step) -> str:
    fresh = step.op in (Op.INSERT, Op.CHANGE)
    return problem.tokens[step.token].text if fresh else problem.original.lines[step.line]


def _is_sign(text: str) -> bool:
    """Signs of a comment with nothing behind them."""
    return bool(text.strip()) and not any(char.isalnum() or char in "()[]{}<>" for char in text)


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
    if problem.snippet.next_solid[0] == first and all(
        step.op is Op.MATCH
        for step in steps
        if step.line < first and step.op not in (Op.OPEN, Op.DROP)
    ):
        return False  # the snippet shows them as well
    top = next((s for s in steps if s.op in WRITTEN and not is_blank(problem, s)), None)
    return first > 0 and (top is None or top.op not in KEPT or top.line != first)


def _widened(problem: Problem, steps: Sequence[Step]) -> bool:
    """A gap grows between a line that a reference covers and one that is shown: nothing is new."""
    previous: Step | None = None
    fresh = 0
    for step in steps:
        if step.op in (Op.DROP, Op.OPEN):
            continue
        if is_blank(problem, step):
            fresh += step.op is Op.INSERT
            continue
        if fresh and previous is not None and {previous.op, step.op} == {Op.COVER, Op.MATCH}:
            return True
        previous, fresh = step, 0
    return False


def _glued(problem: Problem, steps: Sequence[Step]) -> bool:
    """A blank line between new code and a reference is in neither the file nor the result."""
    dropped = False
    previous: Step | None = None
    for step in steps:
        if step.op is Op.DROP:
            dropped = True
        elif step.op in WRITTEN:
            if is_blank(problem, step):
                dropped, previous = False, None
                continue
            new = [s for s in (previous, step) if s is not None and s.op is Op.INSERT]
            if dropped and previous is not None and len(new) == 1:
                return True
            dropped, previous = False, step
    return False


def _narrowed(problem: Problem, steps: Sequence[Step]) -> bool:
    """Between new code and a reference more blank lines are shown than the result has there.

    Before an old line it takes two more: one may just set the reference apart.
    """
    shown = kept = 0
    previous: Step | None = None
    wide = {Op.COVER, Op.MATCH}
    for step in steps:
        if step.op is Op.DROP:
            shown += 1
        elif step.op in WRITTEN and is_blank(problem, step):
            kept += 1
            shown += step.op is not Op.COVER
        elif step.op in WRITTEN:
            beside = previous is not None and {previous.op, step.op} == {Op.INSERT, Op.COVER}
            if beside and shown > kept > 0:
                return True
            if shown > kept + 1 and previous is not None and {previous.op, step.op} == wide:
                return True
            shown, kept, previous = 0, 0, step
    return False


def _lost_gap(problem: Problem, steps: Sequence[Step]) -> bool:
    """The snippet shows a blank line beside a removal, the result has none there."""
    gaps: set[int] = set()
    blank_since = False
    last = -1
    for step in steps:
        kept = step.op in WRITTEN
        if kept and is_blank(problem, step):
            blank_since = True
        elif kept:
            if last >= 0 and not blank_since and step.token != last:
                gaps.update(range(last + 1, step.token))
            last, blank_since = step.token, False
    lines = problem.snippet.lines
    for number in gaps:
        token = problem.tokens[number]
        if token.kind is Kind.REMOVAL:
            around = [lines[n] for n in (token.line - 1, token.line + 1) if 0 <= n < len(lines)]
            if any(not line.strip() for line in around):
                return True
    return False
