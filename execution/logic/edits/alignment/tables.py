"""Cheapest ways through the graph of an alignment, from its start and from its end.

A node is (token, line, mode): so many tokens and original lines are used up, and a reference
or removal may be open. `Forward` and `Backward` fill the graph row by row.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from execution.logic.edits.alignment.costs import INFINITE, Problem
from execution.logic.edits.alignment.line_costs import LineCosts, close_costs, costs_of, start_costs
from execution.logic.edits.alignment.matches import Match, matches
from execution.logic.edits.text.markers import Kind

MODES = 7
FREE, SKIP, REF_NEW, REF, REF_OUT, REM_NEW, REM = range(MODES)
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
    lines: LineCosts = field(init=False)
    found: list[dict[int, Match]] = field(default_factory=list)
    ahead: list[Row] = field(default_factory=list)
    behind: list[Row] = field(default_factory=list)
    marker: list[int] = field(default_factory=list)
    _starts: dict[int, list[int]] = field(default_factory=dict)
    _closes: dict[int, list[int]] = field(default_factory=dict)
    _outside: dict[int, list[bool]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = costs_of(self.problem, self.low, self.high)
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

    def starts(self, number: int) -> list[int]:
        """What it costs a marker to begin before each line, and at the end."""
        found = self._starts.get(number)
        if found is None:
            found = self._starts[number] = start_costs(self.problem, number, self.low, self.high)
        return found

    def closes(self, marker: int) -> list[int]:
        """What it costs a reference to end before each line, and at the end."""
        found = self._closes.get(marker)
        if found is None:
            found = self._closes[marker] = close_costs(self.problem, marker, self.low, self.high)
        return found

    def start(self, number: int, line: int) -> int:
        """The same for one line, whether or not the rows were filled."""
        found = self._starts.get(number)
        if found is None:
            return start_costs(self.problem, number, line, line)[0]
        return found[line - self.low]

    def close(self, marker: int, line: int) -> int:
        found = self._closes.get(marker)
        if found is None:
            return close_costs(self.problem, marker, line, line)[0]
        return found[line - self.low]

    def goes_out(self, marker: int, line: int) -> bool:
        original = self.problem.original
        return (
            not original.blank[line] and original.indent[line] < self.problem.tokens[marker].indent
        )

    def outside(self, marker: int) -> list[bool]:
        """Which lines are less indented than the marker."""
        found = self._outside.get(marker)
        if found is None:
            indent = self.problem.tokens[marker].indent
            theirs = self.problem.original.indent[self.low : self.high]
            pairs = zip(theirs, self.lines.blank, strict=True)
            found = [not blank and other < indent for other, blank in pairs]
            self._outside[marker] = found
        return found
