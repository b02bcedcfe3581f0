"""The same text with new code as the unit that its author would see.

Where new code ends as the shown lines above it do, or begins as those below it, several equal
lines may be the new ones. Which of them are taken to be new changes nothing in the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from execution.logic.edits.alignment.align import Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.text.markers import Kind

MAX_MOVED = 200  # lines


def in_units(problem: Problem, steps: Sequence[Step]) -> list[Step]:
    """New code that begins as far out as it may, and not with the end of a block."""
    result = [step for step in steps if step.op not in (Op.DROP, Op.OPEN)]
    at = 0
    while at < len(result):
        if result[at].op is not Op.INSERT:
            at += 1
            continue
        end = at
        while end < len(result) and result[end].op is Op.INSERT:
            end += 1
        shift = min(_shifts(problem, result, at, end), key=lambda one: (one[1], abs(one[0])))[0]
        _move(result, at, end, shift)
        at = max(end, end + shift)
    return result


def _shifts(
    problem: Problem, steps: Sequence[Step], first: int, end: int
) -> Iterator[tuple[int, tuple[bool, int]]]:
    """By how many lines the new code may begin further up or down, and how it begins then."""
    texts = [_text(problem, step) for step in steps]
    yield 0, _begins(problem, steps[first:end])
    for direction in (-1, 1):
        for shift in range(1, MAX_MOVED):
            low, high = first + direction * shift, end + direction * shift
            moved = low if direction < 0 else high - 1
            if not 0 <= moved < len(steps) or steps[moved].op is not Op.MATCH:
                break
            if texts[moved] != texts[moved - direction * (end - first)]:
                break
            yield direction * shift, _begins(problem, steps[low:high])


def _text(problem: Problem, step: Step) -> str:
    return (
        problem.original.lines[step.line]
        if step.op is Op.MATCH
        else (problem.tokens[step.token].text if step.op is Op.INSERT else "")
    )


def _begins(problem: Problem, steps: Sequence[Step]) -> tuple[bool, int]:
    """Whether the first line of code closes a block, and its indentation."""
    for step in steps:
        token = problem.tokens[step.token]
        if token.kind is Kind.LITERAL:
            return problem.snippet.closing[token.line], token.indent
    return False, 0


def _move(steps: list[Step], first: int, end: int, shift: int) -> None:
    """The tokens stay in order; other ones of them are new."""
    low, high = min(first, first + shift), max(end, end + shift)
    stretch = steps[low:high]
    lines = [step.line for step in stretch if step.op is Op.MATCH]
    tokens = [step.token for step in stretch]
    new = range(first + shift - low, end + shift - low)
    place = steps[first].line
    if shift < 0:
        place = lines[0]
    moved: list[Step] = []
    kept = iter(lines)
    for number, token in enumerate(tokens):
        if number in new:
            moved.append(Step(Op.INSERT, token, place))
        else:
            moved.append(Step(Op.MATCH, token, next(kept)))
    if shift > 0:
        place = lines[-1] + 1
        moved = [Step(s.op, s.token, place) if s.op is Op.INSERT else s for s in moved]
    steps[low:high] = moved
