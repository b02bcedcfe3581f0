"""New code that breaks off within a block, before a reference."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from execution.logic.edits.alignment.align import Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk, is_covered
from execution.logic.edits.doubts.growth import is_comment
from execution.logic.edits.text.markers import Kind

_BARE_HEADER = re.compile(
    r"^\s*(?:\}\s*)?(?:if|for|foreach|while|else|elif|switch|catch|unless|until)\b(?!.*[{;:]\s*$)"
)


def open_header(problem: Problem, steps: Sequence[Step]) -> bool:
    """New code breaks off at the head of a block, and a reference goes on."""
    fresh = {step.token for step in steps if step.op in (Op.INSERT, Op.CHANGE)}
    solid = [n for n, token in enumerate(problem.tokens) if token.kind is not Kind.BLANK]
    for number, following in pairwise(solid):
        if number not in fresh or problem.tokens[following].kind is not Kind.REFERENCE:
            continue
        token = problem.tokens[number]
        if token.kind is Kind.LITERAL and _BARE_HEADER.match(token.text):
            return True
    return False


def open_comment(problem: Problem, hunk: Hunk) -> bool:
    """New code ends in a comment, and a gap parts it from the code that a reference hides.

    A comment stands with what follows it: that may be a line that was forgotten.
    """
    fresh = hunk.inserted(problem)
    if not fresh or not is_covered(hunk.below):
        return False
    last, following = problem.tokens[fresh[-1]], problem.tokens[fresh[-1] + 1]
    return following.kind is Kind.BLANK and is_comment(last.text)


def open_block(problem: Problem, hunk: Hunk) -> bool:
    """New code ends within a block, and the line that ends such blocks stands above it.

    That line may be as new as the rest, and the one of the file may be what the reference hides.
    """
    fresh = hunk.inserted(problem)
    if not fresh or not is_covered(hunk.below):
        return False
    last = problem.tokens[fresh[-1]]
    head = next((t for n in reversed(fresh) if (t := problem.tokens[n]).indent < last.indent), None)
    if head is None:
        return False
    shown = {token.text for token in problem.tokens[: fresh[0]] if token.kind is Kind.LITERAL}
    return any(_block_end(problem, twin) in shown for twin in problem.by_text.get(head.text, ()))


def _block_end(problem: Problem, head: int) -> str | None:
    """The first line behind a block of the file."""
    original = problem.original
    for line in range(head + 1, len(original.lines)):
        if not original.blank[line] and original.indent[line] <= original.indent[head]:
            return original.lines[line]
    return None
