"""The cheapest way to read a snippet as an edit: dynamic programming over one segment.

A node is (token, line, mode): so many tokens and original lines are used up, and a reference
or removal may be open. `Segment.forward` and `Segment.backward` fill the same graph from both
ends; `Segment.edges` spells it out once more for walking along chosen paths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from execution.logic.edits.costs import (
    EMPTY_REFERENCE,
    EMPTY_REMOVAL,
    Match,
    Problem,
)
from execution.logic.edits.markers import Kind

INFINITE = 1 << 40
FREE, SKIP, REF_NEW, REF, REF_OUT, REM_NEW, REM = range(7)
Row = list[list[int] | None]


class Op(IntEnum):
    """What happens to one token or one original line."""

    MATCH = 0  # the original line stays
    CHANGE = 1  # the token replaces a similar original line
    INSERT = 2
    DROP = 3  # a separating blank of the snippet
    COVER = 4  # kept by a reference
    REMOVE = 5  # deleted by a removal marker
    SKIP = 6  # an original line nothing stands for
    OPEN = 7  # a marker is passed


@dataclass(frozen=True, slots=True)
class Step:
    op: Op
    token: int  # -1 when no token is concerned
    line: int  # original line; for INSERT the line before which it goes
    how: str = ""


Node = tuple[int, int, int]
Edge = tuple[int, Node, Step | None]


@dataclass(slots=True)
class Segment:
    """Tokens [first, last) against original lines [low, high)."""

    problem: Problem
    first: int
    last: int
    low: int
    high: int
    found: list[dict[int, Match]] = field(default_factory=list)
    ahead: list[Row] = field(default_factory=list)
    behind: list[Row] = field(default_factory=list)
    _marker: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.found = self.problem.matches(self.first, self.last, self.low, self.high)
        marker = -1
        for number in range(self.first, self.last + 1):
            self._marker.append(marker)
            if number < self.last and self.problem.tokens[number].kind >= Kind.REFERENCE:
                marker = number

    # -- the graph, edge by edge ---------------------------------------------------------

    def edges(self, node: Node) -> Iterator[Edge]:
        number, line, mode = node
        if mode == FREE:
            if number < self.last:
                yield from self._token_edges(number, line)
            if line < self.high:
                cost = self.problem.skip_costs(line)[0]
                mode = FREE if self.problem.original.blank[line] else SKIP
                yield cost, (number, line + 1, mode), Step(Op.SKIP, -1, line)
        elif mode == SKIP:
            yield 0, (number, line, FREE), None
            if line < self.high:
                cost = self.problem.skip_costs(line)[1]
                yield cost, (number, line + 1, SKIP), Step(Op.SKIP, -1, line)
        else:
            yield from self._marker_edges(number, line, mode)

    def _token_edges(self, number: int, line: int) -> Iterator[Edge]:
        token = self.problem.tokens[number]
        if token.kind is Kind.BLANK:
            if line < self.high and self.problem.original.blank[line]:
                yield 0, (number + 1, line + 1, FREE), Step(Op.MATCH, number, line, "exact")
            insert, drop = self.problem.blank_costs(number)
            yield insert, (number + 1, line, FREE), Step(Op.INSERT, number, line)
            if drop >= 0:
                yield drop, (number + 1, line, FREE), Step(Op.DROP, number, line)
            return
        match = self.found[number - self.first].get(line)
        if match is not None:
            op = Op.CHANGE if match.how in ("separator", "name", "similar") else Op.MATCH
            yield match.cost, (number + 1, line + 1, FREE), Step(op, number, line, match.how)
        if token.kind is Kind.LITERAL:
            cost = self.problem.insert_cost(number)
            yield cost, (number + 1, line, FREE), Step(Op.INSERT, number, line)
        elif token.kind is Kind.REMOVAL:
            cost = self.problem.start_cost(number, line)
            yield cost, (number + 1, line, REM_NEW), Step(Op.OPEN, number, line)
        else:
            cost = self.problem.start_cost(number, line)
            if token.kind is Kind.IMPLIED:
                yield 0, (number + 1, line, FREE), None
                cost += self.problem.implied_cost(number)
            yield cost, (number + 1, line, REF_NEW), Step(Op.OPEN, number, line)

    def _marker_edges(self, number: int, line: int, mode: int) -> Iterator[Edge]:
        marker = self._marker[number - self.first]
        if mode in (REF_NEW, REM_NEW):
            cost = EMPTY_REFERENCE if mode == REF_NEW else EMPTY_REMOVAL
        else:
            cost = self.problem.close_cost(marker, line) if mode != REM else 0
        yield cost, (number, line, FREE), None
        if line < self.high:
            if mode in (REM_NEW, REM):
                yield 0, (number, line + 1, REM), Step(Op.REMOVE, marker, line)
            else:
                out = mode == REF_OUT or self._goes_out(marker, line)
                cost = self.problem.shallower_cost(marker) if out and mode != REF_OUT else 0
                step = Step(Op.COVER, marker, line)
                yield cost, (number, line + 1, REF_OUT if out else REF), step
        if number < self.last and self.problem.droppable[number] >= 0:
            cost = self.problem.droppable[number]
            yield cost, (number + 1, line, mode), Step(Op.DROP, number, line)

    def _goes_out(self, marker: int, line: int) -> bool:
        original = self.problem.original
        return (
            not original.blank[line] and original.indent[line] < self.problem.tokens[marker].indent
        )

    # -- the same graph, row by row ------------------------------------------------------

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
        marker = self._marker[number - self.first]
        if row[REF_NEW] is not None:
            self._spread_reference(marker, row, free)
        if row[REM_NEW] is not None:
            new, rem = row[REM_NEW], row[REM]
            assert new is not None and rem is not None
            for at in range(count):
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
            moved = [cost + insert for cost in free]
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
            free = [cost + insert for cost in after]
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
        marker = self._marker[number - self.first]
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
                if at < count:
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
            if at < count:
                out[at] = min(out[at], out[at + 1])
                outside = self._goes_out(marker, low + at)
                on = out[at + 1] + shallower if outside else ref[at + 1]
                fresh[at] = min(fresh[at], on)
                ref[at] = min(ref[at], on)
        row[REF_NEW], row[REF], row[REF_OUT] = fresh, ref, out

    # -- paths ---------------------------------------------------------------------------

    def path_from(self, node: Node) -> list[Step]:
        """Steps of a cheapest way from a node to the end; ties go to the first edge."""
        steps: list[Step] = []
        end = (self.last, self.high, FREE)
        while node != end:
            here = self.remaining(node)
            for cost, target, step in self.edges(node):
                if cost + self.remaining(target) == here:
                    if step is not None:
                        steps.append(step)
                    node = target
                    break
            else:
                raise AssertionError("forward and backward costs disagree")
        return steps

    def path_to(self, node: Node) -> list[Step]:
        """Steps of a cheapest way from the start to a node."""
        steps: list[Step] = []
        start = (self.first, self.low, FREE)
        while node != start:
            here = self.spent(node)
            for source in self._sources(node):
                before = self.spent(source)
                if before > here:
                    continue
                hit = next(
                    (e for e in self.edges(source) if e[1] == node and e[0] + before == here), None
                )
                if hit is not None:
                    if hit[2] is not None:
                        steps.append(hit[2])
                    node = source
                    break
            else:
                raise AssertionError("no way to a reached node")
        steps.reverse()
        return steps

    def _sources(self, node: Node) -> Iterator[Node]:
        number, line, _ = node
        places = [(number, line), (number, line - 1), (number - 1, line), (number - 1, line - 1)]
        for at, place in places:
            if at < self.first or place < self.low:
                continue
            for source in range(7):
                if (at, place, source) != node and self.spent((at, place, source)) < INFINITE:
                    yield at, place, source

    def spent(self, node: Node) -> int:
        costs = self.ahead[node[0] - self.first][node[2]]
        return INFINITE if costs is None else costs[node[1] - self.low]

    def remaining(self, node: Node) -> int:
        costs = self.behind[node[0] - self.first][node[2]]
        return INFINITE if costs is None else costs[node[1] - self.low]
