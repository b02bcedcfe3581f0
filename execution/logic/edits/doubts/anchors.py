"""Do lines of the file hold new code in place, and do references stand for something?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from execution.logic.edits.alignment.align import Op, Step
from execution.logic.edits.alignment.costs import INSERT, Problem
from execution.logic.edits.alignment.hunks import Hunk, is_blank, is_covered
from execution.logic.edits.readings.soundness import declared
from execution.logic.edits.text.description import Description
from execution.logic.edits.text.markers import Kind


def empty_reference(problem: Problem, steps: Sequence[Step]) -> bool:
    """A reference stands for nothing at its depth: the file is not what the model thinks."""
    first: dict[int, int] = {}
    for step in steps:
        if step.op is Op.COVER and not problem.original.blank[step.line]:
            first.setdefault(step.token, problem.original.indent[step.line])
    fresh = {step.token for step in steps if step.op is Op.INSERT}
    solid = [n for n, token in enumerate(problem.tokens) if token.kind is not Kind.BLANK]
    for position, number in enumerate(solid):
        token = problem.tokens[number]
        if token.kind is not Kind.REFERENCE or token.dual:
            continue
        inner = 0 < position < len(solid) - 1
        if number not in first:
            beside = solid[max(0, position - 1) : position + 2]
            if inner or any(other in fresh for other in beside):
                return True
        elif position and solid[position - 1] in fresh and first[number] < token.start_indent:
            return True
    return False


def unused_anchor(problem: Problem, steps: Sequence[Step]) -> bool:
    """A line of the file beside a reference came as new code: it was meant as an anchor.

    It cannot have been where the references beside it cover no such line.
    """
    covered = _covered_beside(problem, steps)
    return any(
        step.op is Op.INSERT
        and problem.tokens[step.token].kind is Kind.LITERAL
        and problem.insert_cost(step.token) != INSERT
        and not problem.snippet.pure_closing[problem.tokens[step.token].line]
        and problem.tokens[step.token].text in covered.get(step.token, ())
        and (
            sum(char.isalnum() for char in problem.tokens[step.token].text) >= 2
            or problem.reference_follows(step.token)
        )
        for step in steps
    )


def _covered_beside(problem: Problem, steps: Sequence[Step]) -> dict[int, set[str]]:
    """Per new line the texts that stay up to the nearest shown line above and below it."""
    found: dict[int, set[str]] = {}
    beside: set[str] = set()
    waiting: list[int] = []
    for step in steps:
        if step.op is Op.INSERT:
            waiting.append(step.token)
            continue
        if is_blank(problem, step):
            continue
        beside.add(problem.original.lines[step.line])
        if step.op is Op.MATCH:
            found.update(dict.fromkeys(waiting, beside))
            beside, waiting = {problem.original.lines[step.line]}, []
    found.update(dict.fromkeys(waiting, beside))
    return found


def implied_beside_new(problem: Problem, steps: Sequence[Step]) -> bool:
    """Nobody wrote the reference that would set the outermost new code apart from the rest."""
    covering = {step.token for step in steps if step.op is Op.COVER}
    fresh = {step.token for step in steps if step.op in (Op.INSERT, Op.CHANGE)}
    solid = [n for n, token in enumerate(problem.tokens) if token.kind is not Kind.BLANK]
    ends = [(solid[0], solid[1:2]), (solid[-1], solid[-2:-1])]
    return any(
        problem.tokens[outer].kind is Kind.IMPLIED and outer in covering and fresh & set(inner)
        for outer, inner in ends
    )


def sandwiched(problem: Problem, steps: Sequence[Step], description: Description) -> bool:
    """Lines that the file has several times, between new lines: perhaps new ones themselves."""
    run: list[Step] = []
    before_new = False
    for step in steps:
        if is_blank(problem, step):
            if step.op is Op.OPEN:
                run, before_new = [], False
            continue
        if step.op is Op.MATCH:
            run.append(step)
            continue
        changed = step.op is Op.CHANGE and not declared([step.line], description, 0)
        new = step.op is Op.INSERT or changed
        if new and before_new and run and all(_is_common(problem, one) for one in run):
            return True
        run, before_new = [], new
    return False


def _is_common(problem: Problem, step: Step) -> bool:
    """One of several equal lines that no block of its own holds in place."""
    line = problem.original.lines[step.line]
    if problem.original.pure_closing[step.line]:
        return False
    twins = problem.by_text.get(line, ())
    return len(twins) > 1


def weak_removal(problem: Problem, hunk: Hunk) -> bool:
    """What a removal deletes ends where a reference or a common line stands."""
    marker = next((step for step in hunk.steps if step.op is Op.REMOVE), None)
    if marker is None:
        return False
    if is_covered(hunk.under):
        return True
    if hunk.over is None or not is_covered(hunk.over):
        return False
    deeper = problem.tokens[hunk.over.token].start_indent > problem.tokens[marker.token].indent
    return not (deeper and hunk.over is hunk.above)


def is_anchor(problem: Problem, step: Step) -> bool:
    if step.op is Op.CHANGE:
        return step.how == "name"
    if step.op is not Op.MATCH or problem.tokens[step.token].kind is Kind.BLANK:
        return False
    text = problem.tokens[step.token].text
    return sum(char.isalnum() for char in text) >= 2


def adjacent_markers(problem: Problem) -> bool:
    """A reference next to a removal says nothing about where one ends, unless depth does."""
    solid = [t for t in problem.tokens if t.kind is not Kind.BLANK]
    for first, second in pairwise(solid):
        kinds = {first.kind, second.kind}
        if Kind.REMOVAL in kinds and kinds & {Kind.REFERENCE, Kind.REMOVAL} == kinds:
            if first.kind is Kind.REFERENCE and first.indent > second.indent:
                continue
            return True
    return False
