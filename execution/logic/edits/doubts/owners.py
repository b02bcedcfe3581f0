"""Old lines that would end up in a new block, below a reference whose end is not certain."""

from __future__ import annotations

from collections.abc import Sequence

from execution.logic.edits.alignment.align import Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk, is_covered
from execution.logic.edits.text.markers import Kind


def changes_owner(problem: Problem, steps: Sequence[Step], hunks: Sequence[Hunk]) -> bool:
    """The line below new code stands in a new block, and in one of the file that stays.

    The reference above may cover that line, and the one shown be as new as its block.
    """
    ends = [
        hunk.below
        for hunk in hunks
        if hunk.below is not None and hunk.below.op is Op.MATCH and is_covered(hunk.above)
    ]
    if not ends:
        return False
    number_of = {token.line: number for number, token in enumerate(problem.tokens)}
    fresh = {step.token for step in steps if step.op is Op.INSERT}
    kept = {step.line for step in steps if step.op in (Op.MATCH, Op.COVER, Op.CHANGE)}
    for below in ends:
        token = problem.tokens[below.token]
        if token.kind is not Kind.LITERAL or problem.snippet.pure_closing[token.line]:
            continue
        owner = number_of.get(problem.snippet.parent[token.line], -1)
        if owner in fresh and problem.original.parent[below.line] in kept:
            return True
    return False
