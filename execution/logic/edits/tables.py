"""Cheapest ways through the graph of an alignment, from its start and from its end.

A node is (token, line, mode): so many tokens and original lines are used up, and a reference
or removal may be open. `Table.forward` and `Table.backward` fill the graph row by row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from execution.logic.edits.costs import EMPTY_REFERENCE, EMPTY_REMOVAL, INFINITE, Problem
from execution.logic.edits.markers import Kind
from execution.logic.edits.matches import Match, matches

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

    def forward(self) -> int:
        """Fill ``ahead``: the cheapest way from the start to each node. Returns the total."""
        width = self.high - self.low + 1
        row: Row = [None] * 7
        row[FREE] = [0] + [INFINITE] * (width - 1)
        self.ahead = []
        for number in range(self.first, self.last + 1):
            self._spread(number, row)
            self.ahead.append(row)
            if number < self.last:
                row = self._advance(number, row)
        end = row[FREE]
        assert end is not None
        return end[-1]

    def _spread(self, number: int, row: Row) -> None:
        """Move along the original lines within one row."""
        free = row[FREE]
        assert free is not None
        count = self.high - self.low
        marker = self.marker[number - self.first]
        if row[REF_NEW] is not None:
            self._spread_reference(marker, row, free)
        if row[REM_NEW] is not None:
            new, rem = row[REM_NEW], row[REM]
            assert new is not None and rem is not None
            for at in range(count):
                if self.problem.may_go(self.low + at):
                    rem[at + 1] = min(rem[at + 1], new[at], rem[at])
            for at in range(count + 1):
                free[at] = min(free[at], new[at] + EMPTY_REMOVAL, rem[at])
        skip = [INFINITE] * (count + 1)
        skip_costs, low = self.problem.skip_costs, self.low
        blank = self.problem.original.blank
        for at in range(count):
            if skip[at] < free[at]:
                free[at] = skip[at]
            if free[at] < INFINITE:
                begin, go_on = skip_costs(low + at)
                if blank[low + at]:
                    skip[at + 1] = skip[at] + go_on
                    free[at + 1] = min(free[at + 1], free[at] + begin)
                else:
                    skip[at + 1] = min(free[at] + begin, skip[at] + go_on)
        free[count] = min(free[count], skip[count])
        row[SKIP] = skip

    def _spread_reference(self, marker: int, row: Row, free: list[int]) -> None:
        new, ref, out = row[REF_NEW], row[REF], row[REF_OUT]
        assert new is not None and ref is not None and out is not None
        original, low = self.problem.original, self.low
        indent = self.problem.tokens[marker].indent
        shallower = self.problem.shallower_cost(marker)
        for at in range(self.high - low):
            if not self.problem.may_stay(low + at):
                continue
            base = new[at] if new[at] < ref[at] else ref[at]
            beyond = out[at]
            if original.blank[low + at] or original.indent[low + at] >= indent:
                if base < ref[at + 1]:
                    ref[at + 1] = base
            else:
                beyond = min(beyond, base + shallower)
            if beyond < out[at + 1]:
                out[at + 1] = beyond
        for at in range(self.high - low + 1):
            base = ref[at] if ref[at] < out[at] else out[at]
            if base < INFINITE:
                base += self.problem.close_cost(marker, low + at)
            base = min(base, new[at] + EMPTY_REFERENCE)
            if base < free[at]:
                free[at] = base

    def _advance(self, number: int, row: Row) -> Row:
        """Use up one token."""
        token = self.problem.tokens[number]
        free = row[FREE]
        assert free is not None
        count = self.high - self.low
        low = self.low
        following: Row = [None] * 7
        if token.kind is Kind.LITERAL:
            insert = self.problem.insert_cost(number)
            moved = self._gained(free, insert)
        elif token.kind is Kind.BLANK:
            insert, drop = self.problem.blank_costs(number)
            step = insert if drop < 0 else min(drop, insert)
            moved = [cost + step for cost in free]
            blank = self.problem.original.blank
            for at in range(count):
                if blank[low + at] and free[at] < moved[at + 1]:
                    moved[at + 1] = free[at]
            if drop >= 0:
                for mode in (REF_NEW, REF, REF_OUT, REM_NEW, REM):
                    costs = row[mode]
                    if costs is not None:
                        following[mode] = [cost + drop for cost in costs]
        else:
            moved = list(free) if token.kind is Kind.IMPLIED else [INFINITE] * (count + 1)
            self._open(number, free, following)
        for line, match in self.found[number - self.first].items():
            cost = free[line - low] + match.cost
            if cost < moved[line - low + 1]:
                moved[line - low + 1] = cost
        following[FREE] = moved
        return following

    def _gained(self, costs: list[int], insert: int) -> list[int]:
        """The costs with that of a new line, where there may be one."""
        may_gain, low = self.problem.may_gain, self.low
        return [cost + insert if may_gain(low + at) else INFINITE for at, cost in enumerate(costs)]

    def _open(self, number: int, free: list[int], following: Row) -> None:
        token, low = self.problem.tokens[number], self.low
        size = len(free)
        extra = self.problem.implied_cost(number) if token.kind is Kind.IMPLIED else 0
        start_cost = self.problem.start_cost
        opened = [
            cost + extra + start_cost(number, low + at) if cost < INFINITE else INFINITE
            for at, cost in enumerate(free)
        ]
        if token.kind is Kind.REMOVAL:
            following[REM_NEW] = opened
            following[REM] = [INFINITE] * size
            return
        following[REF_NEW] = opened
        following[REF] = [INFINITE] * size
        following[REF_OUT] = [INFINITE] * size

    def backward(self) -> None:
        """Fill ``behind``: the cheapest way from each node to the end."""
        width = self.high - self.low + 1
        rows: list[Row] = []
        following: Row | None = None
        for number in range(self.last, self.first - 1, -1):
            if following is None:
                free = [INFINITE] * width
                free[-1] = 0
            else:
                free = self._retreat(number, following)
            row = self._gather(number, free, following)
            rows.append(row)
            following = row
        rows.reverse()
        self.behind = rows

    def _retreat(self, number: int, following: Row) -> list[int]:
        """Cheapest way on from FREE by using up the token, per line."""
        token, low = self.problem.tokens[number], self.low
        after = following[FREE]
        assert after is not None
        if token.kind is Kind.LITERAL:
            insert = self.problem.insert_cost(number)
            free = self._gained(after, insert)
        elif token.kind is Kind.BLANK:
            insert, drop = self.problem.blank_costs(number)
            step = insert if drop < 0 else min(drop, insert)
            free = [cost + step for cost in after]
            blank = self.problem.original.blank
            for at in range(self.high - low):
                if blank[low + at] and after[at + 1] < free[at]:
                    free[at] = after[at + 1]
        else:
            opened = following[REM_NEW if token.kind is Kind.REMOVAL else REF_NEW]
            assert opened is not None
            extra = self.problem.implied_cost(number) if token.kind is Kind.IMPLIED else 0
            free = [
                cost + extra + self.problem.start_cost(number, low + at)
                for at, cost in enumerate(opened)
            ]
            if token.kind is Kind.IMPLIED:
                free = [min(pair) for pair in zip(free, after, strict=True)]
        for line, match in self.found[number - self.first].items():
            cost = after[line - low + 1] + match.cost
            if cost < free[line - low]:
                free[line - low] = cost
        return free

    def _gather(self, number: int, free: list[int], following: Row | None) -> Row:
        count, low = self.high - self.low, self.low
        skip = [INFINITE] * (count + 1)
        skip[count] = free[count]
        skip_costs, blank = self.problem.skip_costs, self.problem.original.blank
        for at in range(count - 1, -1, -1):
            begin, go_on = skip_costs(low + at)
            on = free if blank[low + at] else skip
            free[at] = min(free[at], on[at + 1] + begin)
            skip[at] = min(free[at], skip[at + 1] + go_on)
        row: Row = [None] * 7
        row[FREE], row[SKIP] = free, skip
        forward = self.ahead[number - self.first]
        marker = self.marker[number - self.first]
        drop = self.problem.droppable[number] if number < self.last else -1

        def dropped(mode: int, at: int) -> int:
            costs = following[mode] if following is not None and drop >= 0 else None
            return INFINITE if costs is None else costs[at] + drop

        if forward[REF_NEW] is not None:
            self._gather_reference(marker, row, free, dropped)
        if forward[REM_NEW] is not None:
            fresh, rem = [INFINITE] * (count + 1), [INFINITE] * (count + 1)
            for at in range(count, -1, -1):
                fresh[at] = min(free[at] + EMPTY_REMOVAL, dropped(REM_NEW, at))
                rem[at] = min(free[at], dropped(REM, at))
                if at < count and self.problem.may_go(low + at):
                    fresh[at] = min(fresh[at], rem[at + 1])
                    rem[at] = min(rem[at], rem[at + 1])
            row[REM_NEW], row[REM] = fresh, rem
        return row

    def _gather_reference(
        self, marker: int, row: Row, free: list[int], dropped: Callable[[int, int], int]
    ) -> None:
        count, low = self.high - self.low, self.low
        fresh, ref, out = ([INFINITE] * (count + 1) for _ in range(3))
        shallower = self.problem.shallower_cost(marker)
        for at in range(count, -1, -1):
            close = free[at] + self.problem.close_cost(marker, low + at)
            fresh[at] = min(free[at] + EMPTY_REFERENCE, dropped(REF_NEW, at))
            ref[at] = min(close, dropped(REF, at))
            out[at] = min(close, dropped(REF_OUT, at))
            if at < count and self.problem.may_stay(low + at):
                out[at] = min(out[at], out[at + 1])
                outside = self.goes_out(marker, low + at)
                on = out[at + 1] + shallower if outside else ref[at + 1]
                fresh[at] = min(fresh[at], on)
                ref[at] = min(ref[at], on)
        row[REF_NEW], row[REF], row[REF_OUT] = fresh, ref, out

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
