"""Is a reading the only sensible one? Checks on how the snippet was aligned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from execution.logic.edits.align import Op, Step
from execution.logic.edits.costs import Problem
from execution.logic.edits.description import Description
from execution.logic.edits.hunks import Hunk, group_hunks, is_covered
from execution.logic.edits.markers import Kind
from execution.logic.edits.reading import Reading
from execution.logic.edits.soundness import declared, ends_block, structural_doubts

RANGE_TOLERANCE = 3
SIMILAR_ENOUGH = 0.75


def doubts(problem: Problem, reading: Reading, description: Description) -> list[str]:
    """Reasons not to trust the reading, most serious first, without repetitions."""
    return list(dict.fromkeys(_doubts(problem, reading, description)))


def _doubts(problem: Problem, reading: Reading, description: Description) -> Iterator[str]:
    if reading.ambiguous:
        yield "ambiguous_location"
    if reading.ambiguous_blanks:
        yield "ambiguous_blank_lines"
    if not any(_is_anchor(problem, step) for step in reading.steps):
        yield "no_anchor"
    if _adjacent_markers(problem):
        yield "adjacent_markers"
    hunks = group_hunks(problem, reading.steps)
    yield from structural_doubts(problem, reading.steps, hunks, description)
    for hunk in hunks:
        yield from hunk_doubts(problem, hunk, description)
    yield from _range_doubts(problem, hunks, description)
    if _empty_reference(problem, reading.steps):
        yield "empty_reference"
    if _nothing_replaced(problem, hunks, description):
        yield "nothing_replaced"


def _empty_reference(problem: Problem, steps: Sequence[Step]) -> bool:
    """A reference beside new code stands for nothing: the file is not what the model thinks."""
    covering = {step.token for step in steps if step.op is Op.COVER}
    fresh = {step.token for step in steps if step.op is Op.INSERT}
    solid = [n for n, token in enumerate(problem.tokens) if token.kind is not Kind.BLANK]
    for position, number in enumerate(solid):
        if problem.tokens[number].kind is not Kind.REFERENCE or number in covering:
            continue
        beside = solid[max(0, position - 1) : position + 2]
        if not problem.tokens[number].dual and any(other in fresh for other in beside):
            return True
    return False


def _nothing_replaced(problem: Problem, hunks: Sequence[Hunk], description: Description) -> bool:
    """Fewer places lose code than the explanation names, or a reference may have kept some."""
    kinds = [change.type for change in description.changes]
    wanted = sum(kind in ("replace", "remove") for kind in kinds)
    if not wanted:
        return False
    changed = sum(bool(_deleted(problem, hunk)) for hunk in hunks)
    if not changed:
        return True
    return (changed < wanted or wanted == len(kinds)) and any(
        not _deleted(problem, hunk) and (is_covered(hunk.above) or is_covered(hunk.below))
        for hunk in hunks
    )


def _is_anchor(problem: Problem, step: Step) -> bool:
    if step.op is not Op.MATCH or problem.tokens[step.token].kind is Kind.BLANK:
        return False
    text = problem.tokens[step.token].text
    return sum(char.isalnum() for char in text) >= 2


def _adjacent_markers(problem: Problem) -> bool:
    """A reference next to a removal says nothing about where one ends, unless depth does."""
    solid = [t for t in problem.tokens if t.kind is not Kind.BLANK]
    for first, second in pairwise(solid):
        kinds = {first.kind, second.kind}
        if Kind.REMOVAL in kinds and kinds & {Kind.REFERENCE, Kind.REMOVAL} == kinds:
            if first.kind is Kind.REFERENCE and first.indent > second.indent:
                continue
            return True
    return False


def hunk_doubts(problem: Problem, hunk: Hunk, description: Description) -> Iterator[str]:
    """Reasons not to trust one place of change."""
    inserted = hunk.inserted(problem)
    between = is_covered(hunk.above) and is_covered(hunk.below)
    changed = [step for step in hunk.steps if step.op is Op.CHANGE]
    if between and inserted and not changed and not _held_by_depth(problem, hunk):
        yield "no_anchor"
    if changed and (
        is_covered(hunk.above) or (is_covered(hunk.below) and not ends_block(problem, hunk))
    ):
        for step in changed:
            if not _trusted_change(problem, step, description):
                yield "similar_line"


def _held_by_depth(problem: Problem, hunk: Hunk) -> bool:
    """New code between two references stands firm where a block of the file ends."""
    original = problem.original
    first = problem.tokens[hunk.inserted(problem)[0]]
    last = problem.tokens[hunk.inserted(problem)[-1]]
    assert hunk.above is not None and hunk.below is not None
    over, under = problem.tokens[hunk.above.token], problem.tokens[hunk.below.token]
    below = original.indent[hunk.below.line]
    above = original.indent[hunk.above.line]
    if over.kind is Kind.REFERENCE and over.indent > first.indent:
        return above >= over.indent and below < over.indent
    return last.indent > under.start_indent >= below and above >= last.indent


def _trusted_change(problem: Problem, step: Step, description: Description) -> bool:
    """A changed line beside a reference: only its likeness says that the old one must go."""
    if step.how in ("separator", "name"):
        return True
    token = problem.tokens[step.token]
    line = problem.original.lines[step.line]
    near = problem.similarity.ratio(token.text, line) >= SIMILAR_ENOUGH
    return near and any(low == high == step.line + 1 for low, high in description.ranges)


def _deleted(problem: Problem, hunk: Hunk) -> list[int]:
    if problem.pure_insert:
        return hunk.lines(problem, Op.CHANGE)
    return hunk.lines(problem, Op.SKIP, Op.REMOVE, Op.CHANGE)


def _range_doubts(problem: Problem, hunks: list[Hunk], description: Description) -> Iterator[str]:
    """Ranges are estimates: a deletion far from them is not wrong, but not certain either."""
    if not description.ranges:
        return
    deleted = [line for hunk in hunks for line in _deleted(problem, hunk)]
    for low, high in description.ranges:
        if not any(low - RANGE_TOLERANCE <= line + 1 <= high + RANGE_TOLERANCE for line in deleted):
            yield "range_mismatch"
            return
    if not declared(deleted, description, RANGE_TOLERANCE):
        yield "outside_range"
