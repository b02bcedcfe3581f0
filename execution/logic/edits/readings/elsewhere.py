"""Would a shown stretch of the file fit another place that the references beside it cover?

The search for rivals is bounded; a place that repeats itself in the file is found here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from execution.logic.edits.alignment.align import Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.text.markers import Kind

_SHOWN = (Op.MATCH, Op.CHANGE, Op.SKIP, Op.REMOVE)


@dataclass(slots=True)
class _Stretch:
    """Steps between two references, and the lines that those cover beside it."""

    steps: list[Step] = field(default_factory=list)
    above: list[int] = field(default_factory=list)
    below: list[int] = field(default_factory=list)

    def changes(self, problem: Problem) -> bool:
        return any(
            step.op in (Op.CHANGE, Op.REMOVE, Op.SKIP)
            or (step.op is Op.INSERT and problem.tokens[step.token].kind is Kind.LITERAL)
            for step in self.steps
        )


def fits_elsewhere(problem: Problem, steps: Sequence[Step]) -> bool:
    """The lines of a stretch that changes something stand once more in what is left out there."""
    return any(
        _is_repeated(problem, stretch, beside)
        for stretch in _stretches(problem, steps)
        if stretch.changes(problem)
        for beside in (stretch.above, stretch.below)
    )


def _stretches(problem: Problem, steps: Sequence[Step]) -> Iterator[_Stretch]:
    """In order; blank lines belong to what they stand beside."""
    current = _Stretch()
    for step in steps:
        if step.op in (Op.OPEN, Op.DROP):
            continue
        if step.op is Op.COVER:
            if not problem.original.blank[step.line]:
                current.below.append(step.line)
            continue
        if current.below:
            yield current
            current = _Stretch(above=current.below)
        current.steps.append(step)
    yield current


def _is_repeated(problem: Problem, stretch: _Stretch, beside: Sequence[int]) -> bool:
    lines, blank = problem.original.lines, problem.original.blank
    shown = [s for s in stretch.steps if s.op in _SHOWN and not blank[s.line]]
    anchor = next((step for step in shown if step.op is Op.MATCH), None)
    if anchor is None or len(beside) < len(shown):
        return False
    texts = [lines[step.line] for step in shown]
    offset = shown.index(anchor)
    line = problem.tokens[anchor.token].line
    cost = problem.kinship.cost(line, anchor.line)
    return any(
        problem.kinship.cost(line, beside[at + offset]) <= cost
        for at in range(len(beside) - len(texts) + 1)
        if all(lines[beside[at + n]] == text for n, text in enumerate(texts))
    )
