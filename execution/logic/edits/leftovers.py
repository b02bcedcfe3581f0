"""Old lines without a new form among lines that all have one: perhaps they were forgotten."""

from __future__ import annotations

from execution.logic.edits.align import Op
from execution.logic.edits.costs import Problem
from execution.logic.edits.hunks import Hunk
from execution.logic.edits.markers import Kind
from execution.logic.edits.names import line_name


def leaves_one_over(problem: Problem, hunk: Hunk) -> bool:
    """Each new line is the new form of an old one, and an old one between them has none."""
    blank, tokens = problem.original.blank, problem.tokens
    solid = [
        step
        for step in hunk.steps
        if step.op is Op.CHANGE
        or (step.op is Op.INSERT and tokens[step.token].kind is Kind.LITERAL)
        or (step.op is Op.SKIP and not blank[step.line])
    ]
    paired = [at for at, step in enumerate(solid) if step.op is Op.CHANGE]
    if len(paired) < 2 or any(step.op is Op.INSERT for step in solid):
        return False
    return paired[-1] - paired[0] >= len(paired) or name_lost(problem, hunk)


def name_lost(problem: Problem, hunk: Hunk) -> bool:
    """Every new line is named as an old one is, and an old one of another name has none."""
    lines = problem.original.lines
    gone = hunk.lines(problem, Op.SKIP, Op.CHANGE)
    old = {name[1] for line in gone if (name := line_name(lines[line]))}
    texts = [problem.tokens[number].text for number in hunk.inserted(problem)]
    new = [line_name(text) for text in texts]
    return bool(new) and None not in new and {name[1] for name in new if name} < old
