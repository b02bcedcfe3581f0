"""White space of a snippet: what drifted is the file's, what is meant stays."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace

from execution.logic.edits.alignment.align import Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.placement import Edit
from execution.logic.edits.readings.soundness import declared
from execution.logic.edits.text.markers import Kind
from execution.logic.edits.text.reindent import (
    Variant,
    indented_anew,
    reindented,
    writes_all,
)


def variants_of(edit: Edit) -> list[Variant]:
    """The snippet in the white space that it may be meant in, the likeliest form first.

    Sure is the form that lines which stay speak for.
    """
    original, snippet = edit.text.lines, edit.lines
    if indented_anew(original, snippet, edit.description.ranges):
        return [Variant(snippet, True)]
    variants = reindented(snippet, original, edit.path)
    if not variants:
        return [Variant(snippet, True)]
    told = {one.lines for one in reindented(snippet, _lines_that_stay(edit), edit.path)}
    anew = writes_all(snippet, original)
    found = [Variant(one.lines, one.sure and not anew and one.lines in told) for one in variants]
    return [*found, Variant(snippet, not told and _shows_what_stays(edit))]


def _lines_that_stay(edit: Edit) -> list[str]:
    """Lines declared as replaced say nothing of drift: their new white space may be meant."""
    return [
        line
        for number, line in enumerate(edit.text.lines)
        if not (line.strip() and declared([number], edit.description, 0))
    ]


def _shows_what_stays(edit: Edit) -> bool:
    """Lines go by declaration, and the snippet shows others just as the file has them."""
    known = {line for line in _lines_that_stay(edit) if line.strip()}
    return bool(edit.description.ranges) and any(line in known for line in edit.lines)


def in_own_ends(edit: Edit, problem: Problem, steps: Sequence[Step]) -> Problem:
    """The problem with new lines as they were written, if no line of the file has other ends.

    The file may have such a line elsewhere with other blanks at its end.
    """
    shown = [problem.tokens[s.token] for s in steps if s.op is Op.MATCH]
    if any(t.kind is Kind.LITERAL and t.text != edit.written[t.line] for t in shown):
        return problem
    own = copy(problem)
    own.tokens = list(problem.tokens)
    for step in steps:
        if step.op in (Op.INSERT, Op.CHANGE):
            token = problem.tokens[step.token]
            end = ends_of(edit.written[token.line])
            own.tokens[step.token] = replace(token, text=token.text.rstrip() + end)
    return own


def blanks_taken(edit: Edit, problem: Problem, steps: Sequence[Step]) -> bool:
    """A new line lost or got blanks at its end because the file has such a line elsewhere."""
    fresh = [problem.tokens[s.token] for s in steps if s.op in (Op.INSERT, Op.CHANGE)]
    return any(
        ends_of(token.text) != ends_of(edit.written[token.line])
        for token in fresh
        if token.kind is Kind.LITERAL
    )


def ends_of(line: str) -> str:
    """The blanks at its end."""
    return line[len(line.rstrip()) :]
