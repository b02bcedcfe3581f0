"""Does the file gain code where the explanation adds or replaces some, and nowhere else?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from execution.logic.edits.alignment.align import Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import group_hunks
from execution.logic.edits.readings.agreement import deleted_lines
from execution.logic.edits.text.description import GAINING, Description
from execution.logic.edits.text.markers import Kind

_CHANGING = (Op.SKIP, Op.REMOVE, Op.CHANGE, Op.INSERT)
MAX_GAPS = 6  # new blank lines apart from code that may be changes of their own


def gains_fit(problem: Problem, steps: Sequence[Step], description: Description) -> bool:
    """The places that only gain code stand among the others in the order that is declared.

    Blank lines that come alone may be declared as an addition, or not at all.
    """
    said = _parts([change.type in GAINING for change in description.changes])
    found = list(_gains(problem, raised(problem, steps, joined=True)))
    gaps = [at for at, gain in enumerate(found) if gain is None]
    if len(gaps) > MAX_GAPS:
        return _parts([bool(gain) for gain in found if gain is not None]) == said
    return any(
        _parts([bool(gain) or at in counted for at, gain in enumerate(found) if at not in left])
        == said
        for counted in _subsets(gaps)
        for left in [set(gaps) - counted]
    )


def _subsets(numbers: Sequence[int]) -> Iterator[set[int]]:
    for size in range(len(numbers) + 1):
        yield from map(set, combinations(numbers, size))


def all_gained(problem: Problem, steps: Sequence[Step]) -> bool:
    """Each place of an addition has new code, and so has each part that is replaced."""
    assert problem.fate is not None
    fresh = {
        step.line
        for step in raised(problem, steps)
        if step.op is Op.INSERT and problem.tokens[step.token].kind is Kind.LITERAL
    }
    return all(places & fresh for places in (*problem.fate.additions, *problem.fate.replaced))


def raised(problem: Problem, steps: Sequence[Step], *, joined: bool = False) -> list[Step]:
    """The same text, new code right behind lines that go wherever it may begin there.

    It may where it ends as the shown lines between the two do: which of the equal lines are the
    file's does not matter. ``joined``: behind other new code as well.
    """
    result = [step for step in steps if step.op not in (Op.DROP, Op.OPEN)]
    at = 0
    while at < len(result):
        first = _run(result, at, *_CHANGING)
        fresh = _run(result, first, Op.MATCH)
        end = _run(result, fresh, Op.INSERT)
        above = {step.op for step in result[at:first]}
        if first < fresh and above - (set() if joined else {Op.INSERT}):
            result[first:end] = _exchanged(problem, result[first:fresh], result[fresh:end])
        at = max(fresh, at + 1)
    return result


def _run(steps: Sequence[Step], at: int, *ops: Op) -> int:
    """Where a run of such steps ends."""
    while at < len(steps) and steps[at].op in ops:
        at += 1
    return at


def _exchanged(problem: Problem, kept: list[Step], fresh: list[Step]) -> list[Step]:
    """The lines that stay stand below the new ones, if the new ones end with the same lines."""
    last = fresh[-len(kept) :]
    texts = [problem.original.lines[step.line] for step in kept]
    if texts != [problem.tokens[step.token].text for step in last]:
        return [*kept, *fresh]
    place = kept[0].line
    new = [Step(Op.INSERT, step.token, place) for step in [*kept, *fresh[: -len(kept)]]]
    same = [Step(Op.MATCH, new.token, old.line) for new, old in zip(last, kept, strict=True)]
    return [*new, *same]


def _gains(problem: Problem, steps: Sequence[Step]) -> Iterator[bool | None]:
    """Whether each place only gains code, in order; None for blank lines that come alone."""
    starts = {id(hunk.steps[0]): hunk for hunk in group_hunks(problem, steps)}
    within = {id(step) for hunk in starts.values() for step in hunk.steps}
    apart = False
    for step in steps:
        if id(step) in starts:
            yield not deleted_lines(problem, starts[id(step)])
        alone = step.op is Op.INSERT and id(step) not in within
        if alone and not apart:
            yield None
        apart = alone


def _parts(gains: Sequence[bool]) -> list[bool]:
    """What is replaced may be shown in several places."""
    return [gain for at, gain in enumerate(gains) if gain or not at or gains[at - 1]]
