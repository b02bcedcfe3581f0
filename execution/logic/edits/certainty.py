"""Is a reading the only sensible one? Checks on how the snippet was aligned."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from execution.logic.edits.align import Op, Step
from execution.logic.edits.costs import Problem
from execution.logic.edits.description import Description
from execution.logic.edits.hunks import Hunk, group_hunks
from execution.logic.edits.markers import Kind
from execution.logic.edits.reading import Reading

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
    if _blocks_torn(problem, reading):
        yield "block_mismatch"
    hunks = group_hunks(problem, reading.steps)
    for hunk in hunks:
        yield from hunk_doubts(problem, hunk, description)
    yield from _removal_doubts(problem, reading)
    yield from _range_doubts(problem, hunks, description)
    replaces = sum(change.type in ("replace", "remove") for change in description.changes)
    if replaces and not any(_deleted(problem, hunk, description) for hunk in hunks):
        yield "nothing_replaced"


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


def _blocks_torn(problem: Problem, reading: Reading) -> bool:
    """A closing line that is kept must close what its counterpart in the snippet closes."""
    token_of_line = {token.line: number for number, token in enumerate(problem.tokens)}
    line_of_token = {
        step.token: step.line for step in reading.steps if step.op in (Op.MATCH, Op.CHANGE)
    }
    kept = {step.line for step in reading.steps if step.op in (Op.MATCH, Op.COVER)}
    for step in reading.steps:
        if step.op is not Op.MATCH or problem.tokens[step.token].kind is Kind.BLANK:
            continue
        line = problem.tokens[step.token].line
        if not problem.snippet.pure_closing[line]:
            continue
        opener, counterpart = problem.snippet.opener[line], problem.original.opener[step.line]
        if opener < 0 or counterpart < 0:
            continue
        matched = line_of_token.get(token_of_line.get(opener, -1))
        if matched is None:
            if counterpart in kept:
                return True
        elif matched != counterpart:
            return True
    return False


def hunk_doubts(problem: Problem, hunk: Hunk, description: Description) -> Iterator[str]:
    """Reasons not to trust one place of change."""
    inserted = hunk.inserted(problem)
    skipped = hunk.lines(problem, Op.SKIP)
    between = _covered(hunk.above) and _covered(hunk.below)
    if problem.pure_insert and skipped:
        yield "omitted_lines"
    changed = [step for step in hunk.steps if step.op is Op.CHANGE]
    if between and inserted and not changed and not _held_by_depth(problem, hunk):
        yield "no_anchor"
    if changed and (
        _covered(hunk.above) or (_covered(hunk.below) and not _ends_block(problem, hunk))
    ):
        for step in changed:
            if not _trusted_change(problem, step, description):
                yield "similar_line"
    if skipped and not problem.pure_insert:
        yield from _skip_doubts(problem, hunk, inserted, skipped, description)


def _covered(step: Step | None) -> bool:
    return step is not None and step.op is Op.COVER


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


def _skip_doubts(
    problem: Problem,
    hunk: Hunk,
    inserted: list[int],
    skipped: list[int],
    description: Description,
) -> Iterator[str]:
    if not inserted:
        if not declared(skipped, description, 0):
            yield "unmarked_removal"
        return
    if _covered(hunk.above) and hunk.steps[0].op is Op.SKIP:
        yield "unclear_extent"
    if _covered(hunk.below) and not _ends_block(problem, hunk):
        yield "unclear_extent"


def _ends_block(problem: Problem, hunk: Hunk) -> bool:
    """The old code ends where its block ends, and the reference starts further out."""
    assert hunk.below is not None
    token = problem.tokens[hunk.below.token]
    last = max(hunk.lines(problem, Op.SKIP, Op.CHANGE))
    below = problem.original.indent[hunk.below.line]
    return problem.original.indent[last] > token.start_indent >= below


def declared(lines: list[int], description: Description, tolerance: int) -> bool:
    """Whether all the lines lie in the declared ranges."""
    return all(
        any(low - tolerance <= line + 1 <= high + tolerance for low, high in description.ranges)
        for line in lines
    )


def _removal_doubts(problem: Problem, reading: Reading) -> Iterator[str]:
    removed: dict[int, int] = {}
    for step in reading.steps:
        if step.op is Op.REMOVE and not problem.original.blank[step.line]:
            removed[step.token] = removed.get(step.token, 0) + 1
    for number, token in enumerate(problem.tokens):
        if token.kind is Kind.REMOVAL and not token.dual and number not in removed:
            yield "nothing_removed"


def _deleted(problem: Problem, hunk: Hunk, description: Description) -> list[int]:
    if problem.pure_insert:
        return hunk.lines(problem, Op.CHANGE)
    return hunk.lines(problem, Op.SKIP, Op.REMOVE, Op.CHANGE)


def _range_doubts(problem: Problem, hunks: list[Hunk], description: Description) -> Iterator[str]:
    """Ranges are estimates: a deletion far from them is not wrong, but not certain either."""
    if not description.ranges:
        return
    deleted = [line for hunk in hunks for line in _deleted(problem, hunk, description)]
    for low, high in description.ranges:
        if not any(low - RANGE_TOLERANCE <= line + 1 <= high + RANGE_TOLERANCE for line in deleted):
            yield "range_mismatch"
            return
    if not declared(deleted, description, RANGE_TOLERANCE):
        yield "outside_range"
