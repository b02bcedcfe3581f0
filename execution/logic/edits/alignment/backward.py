"""Costs of the cheapest way from each node of an alignment to its end."""

from __future__ import annotations

from collections.abc import Callable
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
