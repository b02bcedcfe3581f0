"""The steps of a reading grouped into places of change, and what surrounds each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from execution.logic.edits.align import Op, Step
from execution.logic.edits.costs import Problem
from execution.logic.edits.markers import Kind


@dataclass(slots=True)
class Hunk:
    """A maximal run of steps that change something."""

    steps: list[Step] = field(default_factory=list)
    above: Step | None = None  # the last kept solid line before it
    below: Step | None = None  # the first kept solid line after it

    def inserted(self, problem: Problem) -> list[int]:
        """Snippet tokens with code that the result gains here."""
        return [
            step.token
            for step in self.steps
            if step.op in (Op.INSERT, Op.CHANGE) and problem.tokens[step.token].kind is Kind.LITERAL
        ]

    def lines(self, problem: Problem, *ops: Op) -> list[int]:
        """Solid original lines that steps of these kinds concern."""
        blank = problem.original.blank
        return [s.line for s in self.steps if s.op in ops and not blank[s.line]]

    @property
    def place(self) -> int:
        """The original line before which the new code goes."""
        return next(
            (step.line for step in self.steps if step.op in (Op.INSERT, Op.CHANGE)),
            self.steps[0].line,
        )


def group_hunks(problem: Problem, steps: Sequence[Step]) -> list[Hunk]:
    """Hunks in order; blank lines that stay do not end one."""
    hunks: list[Hunk] = []
    current: Hunk | None = None
    above: Step | None = None
    for step in steps:
        if step.op in (Op.OPEN, Op.DROP):
            continue
        if step.op in (Op.MATCH, Op.COVER):
            if problem.original.blank[step.line]:
                continue
            if current is not None:
                current.below = step
                current = None
            above = step
            continue
        if current is None:
            if _is_blank_step(problem, step):
                continue
            current = Hunk(above=above)
            hunks.append(current)
        current.steps.append(step)
    return hunks


def _is_blank_step(problem: Problem, step: Step) -> bool:
    if step.op in (Op.INSERT, Op.CHANGE):
        return problem.tokens[step.token].kind is Kind.BLANK
    return problem.original.blank[step.line]


def is_covered(step: Step | None) -> bool:
    """A line that stays only because a reference stands for it."""
    return step is not None and step.op is Op.COVER
