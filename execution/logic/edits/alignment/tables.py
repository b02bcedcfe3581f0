"""Cheapest ways through the graph of an alignment, from its start and from its end.

A node is (token, line, mode): so many tokens and original lines are used up, and a reference
or removal may be open. `Forward` and `Backward` fill the graph row by row.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from execution.logic.edits.alignment.costs import INFINITE, Problem
from execution.logic.edits.alignment.matches import Match, matches
from execution.logic.edits.text.markers import Kind

FREE, SKIP, REF_NEW, REF, REF_OUT, REM_NEW, REM = range(7)
Row = list[list[int] | None]
Node = tuple[int, int, int]


@dataclass(slots=True)
class Table:
    """Tokens [first, last) against original lines [low, high)."""

    problem: Problem
    first: int
    last: int
    low: int
    high: int
    found: list[dict[int, Match]] = field(default_factory=list)
    ahead: list[Row] = field(default_factory=list)
    behind: list[Row] = field(default_factory=list)
    marker: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.found = matches(self.problem, self.first, self.last, self.low, self.high)
        marker = -1
        for number in range(self.first, self.last + 1):
            self.marker.append(marker)
            if number < self.last and self.problem.tokens[number].kind >= Kind.REFERENCE:
                marker = number

    def spent(self, node: Node) -> int:
        costs = self.ahead[node[0] - self.first][node[2]]
        return INFINITE if costs is None else costs[node[1] - self.low]

    def remaining(self, node: Node) -> int:
        costs = self.behind[node[0] - self.first][node[2]]
        return INFINITE if costs is None else costs[node[1] - self.low]

    def goes_out(self, marker: int, line: int) -> bool:
        original = self.problem.original
        return (
            not original.blank[line] and original.indent[line] < self.problem.tokens[marker].indent
        )
