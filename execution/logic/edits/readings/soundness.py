"""Does a reading respect the blocks of both texts, and does it lose nothing unsaid?

Readings that do not are neither accepted nor counted as rivals of one that does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from execution.logic.edits.alignment.align import Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk, group_hunks, is_covered
from execution.logic.edits.readings.agreement import agreement
from execution.logic.edits.readings.torn import (
    blocks_torn,
    head_taken,
    removal_leaves_block,
    unbalanced,
)
from execution.logic.edits.readings.units import in_units
from execution.logic.edits.text.description import Description
from execution.logic.edits.text.markers import Kind
from execution.logic.edits.text.names import defined_name

RENAMED_FROM = 0.75


def structural_doubts(
    problem: Problem,
    steps: Sequence[Step],
    hunks: Sequence[Hunk],
    description: Description,
) -> Iterator[str]:
    """Reasons why a reading is unsound, as it stands and whatever else there may be."""
    agreed = agreement(problem, steps, hunks, description)
    open_questions = [hunk for n, hunk in enumerate(hunks) if not agreed.confirms(n)]
    if agreed.lost:
        yield "context_lost"
    if _tears(problem, steps, hunks, description):
        whole = in_units(problem, steps)
        if whole == list(steps) or _tears(problem, whole, group_hunks(problem, whole), description):
            yield "block_mismatch"
    for hunk in open_questions if not problem.pure_insert else hunks:
        if _definition_lost(problem, hunk, description):
            yield "definition_lost"
        yield from left_out_doubts(problem, hunk, description)
    yield from _removal_doubts(problem, steps)


def _tears(
    problem: Problem, steps: Sequence[Step], hunks: Sequence[Hunk], description: Description
) -> bool:
    """Blocks of the file lose their beginning or end, as far as nothing declares it."""
    exact = agreement(problem, steps, hunks, description).exact
    undeclared = [hunk for n, hunk in enumerate(hunks) if n not in exact]
    return (
        blocks_torn(problem, steps)
        or (
            removal_leaves_block(problem, steps)
            and not _removed_as_declared(problem, steps, description)
        )
        or head_taken(problem, steps)
        or unbalanced(problem, steps, undeclared)
    )


def _removed_as_declared(problem: Problem, steps: Sequence[Step], description: Description) -> bool:
    """The markers stand for just the lines that are declared as removed."""
    blank = problem.original.blank
    removed = {s.line for s in steps if s.op is Op.REMOVE and not blank[s.line]}
    said = {
        line
        for change in description.changes
        if change.type == "remove"
        for low, high in change.ranges
        for line in range(low - 1, min(high, len(blank)))
        if not blank[line]
    }
    return removed == said


def left_out_doubts(problem: Problem, hunk: Hunk, description: Description) -> Iterator[str]:
    """What speaks against passing lines that no marker stands for."""
    skipped = hunk.lines(problem, Op.SKIP)
    if not skipped:
        return
    if problem.pure_insert:
        yield "omitted_lines"
    else:
        yield from _skip_doubts(problem, hunk, hunk.inserted(problem), skipped, description)


def _definition_lost(problem: Problem, hunk: Hunk, description: Description) -> bool:
    """Something defined goes without a marker, and no new line defines or renames it.

    Between two lines that the file has only once, what is left out was meant to go.
    """
    if problem.pure_insert:
        return False
    fresh = {defined_name(problem.tokens[number].text) for number in hunk.inserted(problem)}
    lost = any(
        (name := defined_name(problem.original.lines[step.line]))
        and name not in fresh
        and not declared([step.line], description, 0)
        for step in hunk.steps
        if step.op is Op.SKIP or (step.op is Op.CHANGE and not _is_renamed(problem, step))
    )
    return lost and not (_is_unique(problem, hunk.above) and _is_unique(problem, hunk.below))


def _is_renamed(problem: Problem, step: Step) -> bool:
    token = problem.tokens[step.token]
    return problem.similarity.ratio(token.text, problem.original.lines[step.line]) >= RENAMED_FROM


def _is_unique(problem: Problem, step: Step | None) -> bool:
    if step is None:
        return True
    line = problem.original.lines[step.line]
    return step.op is Op.MATCH and len(problem.by_text.get(line, ())) == 1


def _skip_doubts(
    problem: Problem,
    hunk: Hunk,
    inserted: list[int],
    skipped: list[int],
    description: Description,
) -> Iterator[str]:
    if bare_removals(problem, hunk, description):
        yield "unmarked_removal"
    if not inserted:
        return
    if description.types and not description.types & {"replace", "overwrite"}:
        yield "unmarked_removal"
    elif description.ranges:
        if not declared(skipped, description, 0):
            yield "outside_range"
    elif len(skipped) > _pure_inserts(problem, hunk) and _has_pairs(hunk):
        yield "lines_dropped"
    if is_covered(hunk.above) and hunk.steps[0].op is Op.SKIP:
        yield "unclear_extent"
    if _at_open_end(problem, hunk):
        yield "unclear_extent"
    if is_covered(hunk.below) and not ends_block(problem, hunk):
        yield "unclear_extent"


def bare_removals(problem: Problem, hunk: Hunk, description: Description) -> list[int]:
    """Lines that go though nothing takes their place, up to the next gap that stays."""
    found: list[int] = []
    for run in hunk.runs():
        if any(_writes(problem, step) for step in run):
            continue
        gone = [s.line for s in run if s.op is Op.SKIP and not problem.original.blank[s.line]]
        if gone and not declared(gone, description, 0):
            found.extend(gone)
    return found


def _writes(problem: Problem, step: Step) -> bool:
    """The result gains code here, or a marker says that there is none."""
    if step.op is Op.REMOVE:
        return True
    fresh = step.op in (Op.INSERT, Op.CHANGE)
    return fresh and problem.tokens[step.token].kind is Kind.LITERAL


def _at_open_end(problem: Problem, hunk: Hunk) -> bool:
    """Lines go at an end of the file where no reference was written, and no anchor stands."""
    if hunk.above is None and problem.tokens[0].kind is Kind.IMPLIED:
        return True
    return hunk.below is None and problem.tokens[-1].kind is Kind.IMPLIED


def _pure_inserts(problem: Problem, hunk: Hunk) -> int:
    kind = problem.tokens
    return sum(s.op is Op.INSERT and kind[s.token].kind is Kind.LITERAL for s in hunk.steps)


def _has_pairs(hunk: Hunk) -> bool:
    """Some old lines have a likeness among the new ones, so those without may be forgotten."""
    return any(step.op is Op.CHANGE for step in hunk.steps)


def ends_block(problem: Problem, hunk: Hunk) -> bool:
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


def _removal_doubts(problem: Problem, steps: Sequence[Step]) -> Iterator[str]:
    blank = problem.original.blank
    removed = {step.token for step in steps if step.op is Op.REMOVE and not blank[step.line]}
    for number, token in enumerate(problem.tokens):
        if token.kind is Kind.REMOVAL and not token.dual and number not in removed:
            yield "nothing_removed"
