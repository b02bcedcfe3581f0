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
        marker = self.marker[number - self.first]
        if row[REF_NEW] is not None:
            self._spread_reference(marker, row, free)
        if row[REM_NEW] is not None:
            self._spread_removal(row, free)
        row[SKIP] = self._spread_skipped(free)

    def _spread_skipped(self, free: list[int]) -> list[int]:
        """Pass lines that nothing stands for; a run of them may end anywhere."""
        skip = [INFINITE] * len(free)
        before = INFINITE
        lines = zip(self.lines.first, self.lines.later, self.lines.blank, strict=True)
        for at, (first, later, blank) in enumerate(lines):
            here = free[at]
            if before < here:
                here = free[at] = before
            if here >= INFINITE:
                before = INFINITE
                continue
            before += later
            if blank:
                if here + first < free[at + 1]:
                    free[at + 1] = here + first
            elif here + first < before:
                before = here + first
            skip[at + 1] = before
        if before < free[-1]:
            free[-1] = before
        return skip

    def _spread_removal(self, row: Row, free: list[int]) -> None:
        new, rem = row[REM_NEW], row[REM]
        assert new is not None and rem is not None
        for at, goes in enumerate(self.lines.goes):
            if goes:
                rem[at + 1] = min(rem[at + 1], new[at], rem[at])
        for at, cost in enumerate(new):
            free[at] = min(free[at], cost + EMPTY_REMOVAL, rem[at])

    def _spread_reference(self, marker: int, row: Row, free: list[int]) -> None:
        new, ref, out = row[REF_NEW], row[REF], row[REF_OUT]
        assert new is not None and ref is not None and out is not None
        shallower = self.problem.shallower_cost(marker)
        lines = zip(self.lines.stays, self.outside(marker), strict=True)
        for at, (stays, outside) in enumerate(lines):
            if not stays:
                continue
            base = new[at] if new[at] < ref[at] else ref[at]
            beyond = out[at]
            if not outside:
                if base < ref[at + 1]:
                    ref[at + 1] = base
            elif base + shallower < beyond:
                beyond = base + shallower
            if beyond < out[at + 1]:
                out[at + 1] = beyond
        for at, close in enumerate(self.closes(marker)):
            base = ref[at] if ref[at] < out[at] else out[at]
            if base < INFINITE:
                base += close
            empty = new[at] + EMPTY_REFERENCE
            if empty < base:
                base = empty
            if base < free[at]:
                free[at] = base

    def _advance(self, number: int, row: Row) -> Row:
        """Use up one token."""
        token = self.problem.tokens[number]
        free = row[FREE]
        assert free is not None
        following: Row = [None] * 7
        if token.kind is Kind.LITERAL:
            moved = self._gained(free, self.problem.insert_cost(number))
        elif token.kind is Kind.BLANK:
            moved = self._advance_blank(number, row, following)
        else:
            moved = list(free) if token.kind is Kind.IMPLIED else [INFINITE] * len(free)
            self._open(number, free, following)
        low = self.low
        for line, match in self.found[number - self.first].items():
            cost = free[line - low] + match.cost
            if cost < moved[line - low + 1]:
                moved[line - low + 1] = cost
        following[FREE] = moved
        return following

    def _advance_blank(self, number: int, row: Row, following: Row) -> list[int]:
        free = row[FREE]
        assert free is not None
        insert, drop = self.problem.blank_costs(number)
        step = insert if drop < 0 else min(drop, insert)
        moved = [cost + step for cost in free]
        for at, blank in enumerate(self.lines.blank):
            if blank and free[at] < moved[at + 1]:
                moved[at + 1] = free[at]
        if drop >= 0:
            for mode in (REF_NEW, REF, REF_OUT, REM_NEW, REM):
                costs = row[mode]
                if costs is not None:
                    following[mode] = [cost + drop for cost in costs]
        return moved

    def _gained(self, costs: list[int], insert: int) -> list[int]:
        """The costs with that of a new line, where there may be one."""
        gains = self.lines.gains
        if gains is None:
            return [cost + insert for cost in costs]
        pairs = zip(costs, gains, strict=True)
        return [cost + insert if may else INFINITE for cost, may in pairs]

    def _open(self, number: int, free: list[int], following: Row) -> None:
        token = self.problem.tokens[number]
        size = len(free)
        extra = self.problem.implied_cost(number) if token.kind is Kind.IMPLIED else 0
        opened = [
            cost + extra + start if cost < INFINITE else INFINITE
            for cost, start in zip(free, self.starts(number), strict=True)
        ]
        if token.kind is Kind.REMOVAL:
            following[REM_NEW] = opened
            following[REM] = [INFINITE] * size
            return
        following[REF_NEW] = opened
        following[REF] = [INFINITE] * size
        following[REF_OUT] = [INFINITE] * size
