"""What the declared line ranges say against a reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from execution.logic.edits.alignment.align import KEPT, Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk
from execution.logic.edits.doubts.declared import quoted_spans
from execution.logic.edits.readings.agreement import deleted_lines
from execution.logic.edits.readings.soundness import declared
from execution.logic.edits.text.description import Description

RANGE_TOLERANCE = 3


def hidden_in_range(problem: Problem, steps: Sequence[Step], description: Description) -> bool:
    """A reference keeps lines inside a range that was declared as replaced.

    Or between two quoted lines, one of which it hides as well.
    """
    blank = problem.original.blank
    hidden = {step.line for step in steps if step.op is Op.COVER and not blank[step.line]}
    spans = [(low - 1, high) for low, high in description.ranges]
    spans += [
        (low, high)
        for low, high in quoted_spans(description, problem.original)
        if low - 1 in hidden or high in hidden
    ]
    return any(low <= line < high for line in hidden for low, high in spans)


def gap_kept_in_range(problem: Problem, steps: Sequence[Step], description: Description) -> bool:
    """A range that was declared as replaced ends in a blank line that stays beside a reference."""
    edges = {line - 1 for span in description.ranges for line in span}
    kept = [step for step in steps if step.op in KEPT]
    return any(
        step.line in edges
        and problem.original.blank[step.line]
        and any(one.op is Op.COVER for one in kept[max(0, at - 1) : at + 2])
        for at, step in enumerate(kept)
    )


def range_doubts(problem: Problem, hunks: list[Hunk], description: Description) -> Iterator[str]:
    """Ranges are estimates: a deletion far from them is not wrong, but not certain either."""
    if not description.ranges:
        return
    deleted = [line for hunk in hunks for line in deleted_lines(problem, hunk)]
    for low, high in description.ranges:
        if not any(low - RANGE_TOLERANCE <= line + 1 <= high + RANGE_TOLERANCE for line in deleted):
            yield "range_mismatch"
            return
    if not declared(deleted, description, RANGE_TOLERANCE) or _more_than_declared(
        problem, hunks, description
    ):
        yield "outside_range"


def _more_than_declared(problem: Problem, hunks: list[Hunk], description: Description) -> bool:
    """Every declared line goes, so the ranges are no estimates: another one may be forgotten."""
    gone = {
        step.line
        for hunk in hunks
        for step in hunk.steps
        if step.op in (Op.SKIP, Op.REMOVE) or (step.op is Op.CHANGE and step.how != "separator")
        if not problem.original.blank[step.line]
    }
    said = {
        line
        for low, high in description.ranges
        for line in range(low - 1, min(high, len(problem.original.lines)))
        if not problem.original.blank[line]
    }
    return gone > said
