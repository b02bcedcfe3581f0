"""Costs of the cheapest way from the start of an alignment to each of its nodes."""

from __future__ import annotations

from dataclasses import dataclass

from execution.logic.edits.alignment.costs import EMPTY_REFERENCE, EMPTY_REMOVAL, INFINITE
from execution.logic.edits.alignment.tables import (
    FREE,
    REF,
    REF_NEW,
    REF_OUT,
    REM,
    REM_NEW,
    SKIP,
    Row,
    Table,
)
from execution.logic.edits.text.markers import Kind


@dataclass(slots=True)
class Forward(Table):
    """Fills ``ahead``."""

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
