"""Costs of the cheapest way from each node of an alignment to its end."""

from __future__ import annotations

from dataclasses import dataclass

from execution.logic.edits.alignment.costs import EMPTY_REFERENCE, EMPTY_REMOVAL, INFINITE
from execution.logic.edits.alignment.forward import Forward
from execution.logic.edits.alignment.tables import (
    FREE,
    REF,
    REF_NEW,
    REF_OUT,
    REM,
    REM_NEW,
    SKIP,
    Row,
)
from execution.logic.edits.text.markers import Kind


@dataclass(slots=True)
class Backward(Forward):
    """Fills ``behind``; a row has the modes that it has on the way forward."""

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
            free = self._gained(after, self.problem.insert_cost(number))
        elif token.kind is Kind.BLANK:
            insert, drop = self.problem.blank_costs(number)
            step = insert if drop < 0 else min(drop, insert)
            free = [cost + step for cost in after]
            for at, blank in enumerate(self.lines.blank):
                if blank and after[at + 1] < free[at]:
                    free[at] = after[at + 1]
        else:
            opened = following[REM_NEW if token.kind is Kind.REMOVAL else REF_NEW]
            assert opened is not None
            extra = self.problem.implied_cost(number) if token.kind is Kind.IMPLIED else 0
            starts = self.starts(number)
            free = [cost + extra + start for cost, start in zip(opened, starts, strict=True)]
            if token.kind is Kind.IMPLIED:
                free = list(map(min, free, after))
        for line, match in self.found[number - self.first].items():
            cost = after[line - low + 1] + match.cost
            if cost < free[line - low]:
                free[line - low] = cost
        return free

    def _gather(self, number: int, free: list[int], following: Row | None) -> Row:
        row: Row = [None] * 7
        row[FREE], row[SKIP] = free, self._gather_skipped(free)
        forward = self.ahead[number - self.first]
        marker = self.marker[number - self.first]
        drop = self.problem.droppable[number] if number < self.last else -1
        after = following if following is not None and drop >= 0 else None
        if forward[REF_NEW] is not None:
            self._gather_reference(marker, row, free, after, drop)
        if forward[REM_NEW] is not None:
            self._gather_removal(row, free, after, drop)
        return row

    def _gather_skipped(self, free: list[int]) -> list[int]:
        """Cheapest way on within a run of passed lines; also sets where such a run begins."""
        skip = list(free)
        first, later, blank = self.lines.first, self.lines.later, self.lines.blank
        below = skip_below = free[-1]
        for at in range(len(blank) - 1, -1, -1):
            begun = (below if blank[at] else skip_below) + first[at]
            below = free[at]
            if begun < below:
                below = free[at] = begun
            skip_below += later[at]
            if below < skip_below:
                skip_below = below
            skip[at] = skip_below
        return skip

    def _gather_removal(self, row: Row, free: list[int], after: Row | None, drop: int) -> None:
        fresh = _dropped([cost + EMPTY_REMOVAL for cost in free], after, REM_NEW, drop)
        rem = _dropped(free, after, REM, drop)
        goes = self.lines.goes
        for at in range(len(goes) - 1, -1, -1):
            if goes[at]:
                below = rem[at + 1]
                if below < fresh[at]:
                    fresh[at] = below
                if below < rem[at]:
                    rem[at] = below
        row[REM_NEW], row[REM] = fresh, rem

    def _gather_reference(
        self, marker: int, row: Row, free: list[int], after: Row | None, drop: int
    ) -> None:
        close = [cost + more for cost, more in zip(free, self.closes(marker), strict=True)]
        fresh = _dropped([cost + EMPTY_REFERENCE for cost in free], after, REF_NEW, drop)
        ref = _dropped(close, after, REF, drop)
        out = _dropped(close, after, REF_OUT, drop)
        shallower = self.problem.shallower_cost(marker)
        stays, outside = self.lines.stays, self.outside(marker)
        for at in range(len(stays) - 1, -1, -1):
            if not stays[at]:
                continue
            beyond = out[at + 1]
            on = beyond + shallower if outside[at] else ref[at + 1]
            if beyond < out[at]:
                out[at] = beyond
            if on < fresh[at]:
                fresh[at] = on
            if on < ref[at]:
                ref[at] = on
        row[REF_NEW], row[REF], row[REF_OUT] = fresh, ref, out


def _dropped(costs: list[int], after: Row | None, mode: int, drop: int) -> list[int]:
    """The costs, or those of dropping the blank token and going on in the same mode."""
    theirs = after[mode] if after is not None else None
    if theirs is None:
        return [min(cost, INFINITE) for cost in costs]
    return [min(cost, other + drop) for cost, other in zip(costs, theirs, strict=True)]
