"""A doubtful reading put right where a line was probably forgotten: the candidate to verify."""

from __future__ import annotations

from collections.abc import Sequence

from execution.logic.edits.alignment.align import Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk, group_hunks
from execution.logic.edits.doubts.growth import odd_blanks
from execution.logic.edits.readings.agreement import agreement, names
from execution.logic.edits.readings.soundness import bare_removals
from execution.logic.edits.text.description import Description
from execution.logic.edits.text.markers import Kind


def with_forgotten(
    problem: Problem, steps: Sequence[Step], description: Description
) -> tuple[list[Step], bool]:
    """The steps with forgotten lines kept, and whether any was."""
    hunks = group_hunks(problem, steps)
    odd = odd_blanks(problem, steps, hunks)
    kept = set() if problem.pure_insert else _forgotten(problem, steps, hunks, description)
    mended = [
        Step(Op.COVER, step.token, step.line) if step.op is Op.SKIP and step.line in kept else step
        for step in steps
        if step not in odd
    ]
    upper = {line for line in kept if not _is_lower(problem.original.lines[line], description)}
    return _kept_above(mended, upper), bool(kept)


def _is_lower(line: str, description: Description) -> bool:
    """The explanation quotes two lines, and this is the second: the one below the change."""
    return any(
        len(change.context) > 1
        and names(change.context[-1], line)
        and not names(change.context[0], line)
        for change in description.changes
    )


def _kept_above(steps: Sequence[Step], kept: set[int]) -> list[Step]:
    """Forgotten lines directly below a kept one stay there: new code comes behind them."""
    result: list[Step] = []
    place = 0  # where in the result the first new line after the last old one stands
    for step in steps:
        if step.op is Op.COVER and step.line in kept:
            result.insert(place, step)
            place += 1
            continue
        result.append(step)
        if step.op not in (Op.INSERT, Op.DROP, Op.OPEN):
            place = len(result)
    return result


def _forgotten(
    problem: Problem, steps: Sequence[Step], hunks: Sequence[Hunk], description: Description
) -> set[int]:
    """Left-out lines that the explanation names as unchanged, or that nothing replaces."""
    found = set(agreement(problem, steps, hunks, description).lost)
    removals = sum(token.kind is Kind.REMOVAL for token in problem.tokens)
    if [change.type for change in description.changes].count("remove") <= removals:
        for hunk in hunks:
            found.update(bare_removals(problem, hunk, description))
    return found | _outside_ranges(problem, hunks, description)


def _outside_ranges(problem: Problem, hunks: Sequence[Hunk], description: Description) -> set[int]:
    """Left-out lines away from every declared range, when other changes fill the ranges."""
    found: set[int] = set()
    hit: set[tuple[int, int]] = set()
    for hunk in hunks:
        lines = hunk.lines(problem, Op.SKIP, Op.CHANGE, Op.REMOVE)
        spans = {
            (low, high)
            for low, high in description.ranges
            if any(low <= line + 1 <= high for line in lines)
        }
        hit |= spans
        if not spans and not hunk.inserted(problem):
            found.update(step.line for step in hunk.steps if step.op is Op.SKIP)
        elif spans:
            found.update(
                step.line
                for step in hunk.steps
                if step.op is Op.SKIP
                and not any(low <= step.line + 1 <= high for low, high in description.ranges)
            )
    return found if hit and hit == set(description.ranges) else set()
