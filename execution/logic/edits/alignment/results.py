"""From the steps of a reading to the text that they yield."""

from __future__ import annotations

from collections.abc import Sequence

from execution.logic.edits.alignment.align import Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.text.lines import Text, join_lines
from execution.logic.edits.text.markers import Kind

Line = tuple[str, int]  # text, index of the original line or -1


def render(problem: Problem, steps: Sequence[Step]) -> list[Line]:
    """The lines a list of steps yields."""
    out: list[Line] = []
    for step in steps:
        match step.op:
            case Op.MATCH | Op.COVER:
                out.append((problem.original.lines[step.line], step.line))
            case Op.CHANGE | Op.INSERT:
                out.append((problem.tokens[step.token].text, -1))
            case Op.SKIP if problem.pure_insert:
                out.append((problem.original.lines[step.line], step.line))
            case _:
                pass
    return out


def result_text(text: Text, problem: Problem, steps: Sequence[Step]) -> str:
    """The whole text, with the file's line ends and as many blank lines around it as it had."""
    lines = render(problem, steps)
    kept = _outer_blanks_kept(text, lines)
    return join_lines(text, [line for line, _ in kept], [origin for _, origin in kept])


def result_literals(problem: Problem, steps: Sequence[Step]) -> list[str]:
    """The snippet's literal lines; markers that turned out to be content count as well."""
    matched = {step.token for step in steps if step.op in (Op.MATCH, Op.CHANGE, Op.INSERT)}
    return [
        token.text
        for number, token in enumerate(problem.tokens)
        if token.kind is Kind.LITERAL or (token.dual and number in matched)
    ]


def _outer_blanks_kept(text: Text, lines: list[Line]) -> list[Line]:
    """No more blank lines at the start and end than the file has there.

    No fewer either at the end, nor at the start where its first line of code stays what it is.
    """
    solid = [number for number, (line, _) in enumerate(lines) if line.strip()]
    if not solid:
        return lines
    first, last = solid[0], solid[-1]
    head, tail = _outer_blanks(text.lines)
    above, below = lines[:first], lines[last + 1 :]
    if len(above) > head:
        above = above[len(above) - head :]
    elif len(above) < head and lines[first][1] == head:
        above = [(text.lines[number], number) for number in range(head)]
    end = len(text.lines) - tail
    if len(below) > tail:
        below = below[:tail]
    elif len(below) < tail:
        below = [(text.lines[number], number) for number in range(end, len(text.lines))]
    return [*above, *lines[first : last + 1], *below]


def _outer_blanks(lines: Sequence[str]) -> tuple[int, int]:
    solid = [number for number, line in enumerate(lines) if line.strip()]
    if not solid:
        return len(lines), len(lines)
    return solid[0], len(lines) - 1 - solid[-1]
