"""The steps of a reading grouped into places of change, and what surrounds each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from execution.logic.edits.alignment.align import KEPT, Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.text.markers import Kind


@dataclass(slots=True)
class Hunk:
    """A maximal run of steps that change something."""

    steps: list[Step] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)  # before these steps blank lines stay
    above: Step | None = None  # the last kept solid line before it
    below: Step | None = None  # the first kept solid line after it
    over: Step | None = None  # the first one further up that anchors it
    under: Step | None = None  # the same further down
    start: int = 0  # of its steps among all
    end: int = 0

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

    def runs(self) -> list[list[Step]]:
        """The steps, cut where blank lines of the file stay between them."""
        borders = [0, *dict.fromkeys(self.gaps), len(self.steps)]
        return [self.steps[low:high] for low, high in pairwise(borders) if low < high]

    def is_loose(self) -> bool:
        """Whether a reference begins beside it or behind lines that the file often has."""
        return is_covered(self.over) or is_covered(self.under)

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
    waiting: list[Hunk] = []
    current: Hunk | None = None
    above: Step | None = None
    firm: Step | None = None
    for at, step in enumerate(steps):
        if step.op in (Op.OPEN, Op.DROP):
            continue
        if step.op in KEPT:
            if problem.original.blank[step.line]:
                if current is not None:
                    current.gaps.append(len(current.steps))
                continue
            if current is not None:
                current.below = step
                waiting.append(current)
                current = None
            above = step
            if step.op is Op.MATCH and is_weak(problem, step):
                continue
            for hunk in waiting:
                hunk.under = step
            waiting = []
            firm = step
            continue
        if current is None:
            if is_blank(problem, step):
                continue
            current = Hunk(above=above, over=firm, start=at)
            hunks.append(current)
        current.steps.append(step)
        current.end = at + 1
    return hunks


def kept_above(problem: Problem, steps: Sequence[Step], hunk: Hunk) -> Iterator[Step]:
    """The lines of code that stay above a hunk, the nearest first."""
    blank = problem.original.blank
    for at in range(hunk.start - 1, -1, -1):
        if steps[at].op in KEPT and not blank[steps[at].line]:
            yield steps[at]


def kept_below(problem: Problem, steps: Sequence[Step], hunk: Hunk) -> Iterator[Step]:
    """The lines of code that stay below a hunk, the nearest first."""
    blank = problem.original.blank
    for at in range(hunk.end, len(steps)):
        if steps[at].op in KEPT and not blank[steps[at].line]:
            yield steps[at]


def is_blank(problem: Problem, step: Step) -> bool:
    """No line of code comes, stays or goes."""
    if step.op in (Op.OPEN, Op.DROP):
        return True
    if step.op is Op.INSERT:
        return problem.tokens[step.token].kind is Kind.BLANK
    return problem.original.blank[step.line]


def is_covered(step: Step | None) -> bool:
    """A line that stays only because a reference stands for it."""
    return step is not None and step.op is Op.COVER


def is_weak(problem: Problem, step: Step) -> bool:
    """An anchor that says next to nothing: short, and the file has it more than once."""
    line = problem.original.lines[step.line]
    if step.op is not Op.MATCH or problem.original.pure_closing[step.line]:
        return False
    return sum(char.isalnum() for char in line) < 6 and len(problem.by_text.get(line, ())) > 1
