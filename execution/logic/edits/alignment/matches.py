"""Which lines of the file a line of the snippet may stand for, and how well."""

from __future__ import annotations

from dataclasses import dataclass

from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.text.markers import Kind, Token
from execution.logic.edits.text.names import line_name
from execution.logic.edits.text.similarity import (
    plain_typography,
    without_separator,
)

SPACE_DIFFERS, TYPOGRAPHY_DIFFERS, SEPARATOR_DIFFERS = 15, 20, 50
SIMILAR, SIMILAR_FROM = 50, 0.6
SAME_NAME = 30  # the only two lines in their blocks that define or assign this name
MAX_SIMILAR_PAIRS = 10_000
MATCH_AT_MOST = 90  # where the lines that go are declared: less than a new line


@dataclass(frozen=True, slots=True)
class Match:
    cost: int
    how: str  # exact, space, typography, separator, name, similar


def matches(problem: Problem, first: int, last: int, low: int, high: int) -> list[dict[int, Match]]:
    """For each token of [first, last) the original lines of [low, high) it may stand for."""
    found = [_equal_lines(problem, problem.tokens[i], low, high) for i in range(first, last)]
    if problem.fate is None:
        _add_similar(problem, found, first, low, high)
        return found
    return [
        {
            line: Match(min(match.cost, MATCH_AT_MOST), match.how)
            for line, match in row.items()
            if problem.may_stay(line)
        }
        for row in found
    ]


def _equal_lines(problem: Problem, token: Token, low: int, high: int) -> dict[int, Match]:
    found: dict[int, Match] = {}
    if token.kind is Kind.BLANK or token.kind is Kind.IMPLIED:
        return found
    if token.kind is not Kind.LITERAL and not token.dual:
        return found
    if token.line in problem.fresh:
        return found
    for index in problem.by_text.get(token.text, ()):
        if low <= index < high:
            cost = problem.kinship.cost(token.line, index)
            found[index] = Match(cost, "exact")
    if token.dual:
        return found
    trimmed = token.text.rstrip()
    for index in problem.by_plain.get(plain_typography(token.text), ()):
        if low <= index < high and index not in found:
            line = problem.original.lines[index].rstrip()
            how, cost = (
                ("space", SPACE_DIFFERS) if line == trimmed else ("typography", TYPOGRAPHY_DIFFERS)
            )
            found[index] = Match(cost + problem.kinship.cost(token.line, index), how)
    return found


def _add_similar(
    problem: Problem, found: list[dict[int, Match]], first: int, low: int, high: int
) -> None:
    taken = {index for row in found for index in row}
    rows = [
        offset
        for offset, row in enumerate(found)
        if not row
        and problem.tokens[first + offset].kind is Kind.LITERAL
        and problem.tokens[first + offset].line not in problem.fresh
    ]
    free = [
        index
        for index in range(low, high)
        if index not in taken and not problem.original.blank[index]
    ]
    fuzzy = not problem.pure_insert and len(rows) * len(free) <= MAX_SIMILAR_PAIRS
    bare: dict[str, list[int]] = {}
    for index in free:
        bare.setdefault(without_separator(problem.original.lines[index]), []).append(index)
    for offset in rows:
        token = problem.tokens[first + offset]
        if problem.snippet.pure_closing[token.line]:
            continue
        plain = without_separator(token.text)
        equal = bare.get(plain, [])
        known = frozenset(equal)
        for index in free if fuzzy else equal:
            line = problem.original.lines[index]
            if index in known:
                cost, how = SEPARATOR_DIFFERS, "separator"
            elif problem.original.pure_closing[index]:
                continue
            elif _same_name(problem, token, index):
                cost, how = SAME_NAME, "name"
            else:
                ratio = problem.similarity.ratio(token.text, line)
                if ratio < SIMILAR_FROM:
                    continue
                cost, how = SIMILAR + round(100 * (1 - ratio)), "similar"
            cost += min(60, problem.kinship.cost(token.line, index))
            found[offset][index] = Match(cost, how)


def _same_name(problem: Problem, token: Token, index: int) -> bool:
    """Both lines name the same thing, and nothing else beside them does."""
    name = line_name(token.text)
    if name is None or name != line_name(problem.original.lines[index]):
        return False
    return (
        problem.names[problem.original.parent[index], name] == 1
        and problem.new_names[problem.snippet.parent[token.line], name] == 1
    )
