"""The cheapest way to read a snippet as an edit: the steps of a piece of it, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from execution.logic.edits.alignment.backward import Backward
from execution.logic.edits.alignment.costs import EMPTY_REFERENCE, EMPTY_REMOVAL, INFINITE
from execution.logic.edits.alignment.tables import (
    FREE,
    REF,
    REF_NEW,
    REF_OUT,
    REM,
    REM_NEW,
    SKIP,
    Node,
)
from execution.logic.edits.text.markers import Kind


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


KEPT = (Op.MATCH, Op.COVER)
WRITTEN = (*KEPT, Op.INSERT, Op.CHANGE)


class Step(NamedTuple):
    op: Op
    token: int  # -1 when no token is concerned
    line: int  # original line; for INSERT the line before which it goes
    how: str = ""


Edge = tuple[int, Node, Step | None]
Link = tuple[Node, Step | None]

# Per mode of a node where edges to it come from: tokens and lines earlier, and in which modes.
_SOURCES: dict[int, tuple[tuple[int, int, tuple[int, ...]], ...]] = {
    FREE: (
        (0, 0, (SKIP, REF_NEW, REF, REF_OUT, REM_NEW, REM)),
        (0, 1, (FREE,)),
        (1, 0, (FREE,)),
        (1, 1, (FREE,)),
    ),
    SKIP: ((0, 1, (FREE, SKIP)),),
    REF_NEW: ((1, 0, (FREE, REF_NEW)),),
    REF: ((0, 1, (REF_NEW, REF)), (1, 0, (REF,))),
    REF_OUT: ((0, 1, (REF_NEW, REF, REF_OUT)), (1, 0, (REF_OUT,))),
    REM_NEW: ((1, 0, (FREE, REM_NEW)),),
    REM: ((0, 1, (REM_NEW, REM)), (1, 0, (REM,))),
}


@dataclass(slots=True)
class Segment(Backward):
    """The graph that the tables were filled from, spelt out for walking along chosen ways.

    Of each node the link to its neighbour on a cheapest way is kept: rivals share most of theirs.
    """

    _after: dict[Node, Link] = field(default_factory=dict)
    _before: dict[Node, Link] = field(default_factory=dict)

    def edges(self, node: Node) -> list[Edge]:
        number, line, mode = node
        if mode == SKIP:
            found: list[Edge] = [(0, (number, line, FREE), None)]
            if line < self.high:
                cost = self.lines.later[line - self.low]
                found.append((cost, (number, line + 1, SKIP), Step(Op.SKIP, -1, line)))
            return found
        if mode != FREE:
            return self._marker_edges(number, line, mode)
        found = self._token_edges(number, line) if number < self.last else []
        if line < self.high:
            cost = self.lines.first[line - self.low]
            mode = FREE if self.problem.original.blank[line] else SKIP
            found.append((cost, (number, line + 1, mode), Step(Op.SKIP, -1, line)))
        return found

    def _token_edges(self, number: int, line: int) -> list[Edge]:
        token = self.problem.tokens[number]
        if token.kind is Kind.BLANK:
            return self._blank_edges(number, line)
        found: list[Edge] = []
        match = self.found[number - self.first].get(line)
        if match is not None:
            op = Op.CHANGE if match.how in ("separator", "name", "similar") else Op.MATCH
            step = Step(op, number, line, match.how)
            found.append((match.cost, (number + 1, line + 1, FREE), step))
        if token.kind is Kind.LITERAL:
            if self.lines.gains is None or self.lines.gains[line - self.low]:
                cost = self.problem.insert_cost(number)
                found.append((cost, (number + 1, line, FREE), Step(Op.INSERT, number, line)))
            return found
        cost, opened = self.start(number, line), REF_NEW
        if token.kind is Kind.REMOVAL:
            opened = REM_NEW
        elif token.kind is Kind.IMPLIED:
            found.append((0, (number + 1, line, FREE), None))
            cost += self.problem.implied_cost(number)
        found.append((cost, (number + 1, line, opened), Step(Op.OPEN, number, line)))
        return found

    def _blank_edges(self, number: int, line: int) -> list[Edge]:
        found: list[Edge] = []
        if line < self.high and self.problem.original.blank[line]:
            step = Step(Op.MATCH, number, line, "exact")
            found.append((0, (number + 1, line + 1, FREE), step))
        insert, drop = self.problem.blank_costs(number)
        found.append((insert, (number + 1, line, FREE), Step(Op.INSERT, number, line)))
        if drop >= 0:
            found.append((drop, (number + 1, line, FREE), Step(Op.DROP, number, line)))
        return found

    def _marker_edges(self, number: int, line: int, mode: int) -> list[Edge]:
        marker = self.marker[number - self.first]
        if mode in (REF_NEW, REM_NEW):
            cost = EMPTY_REFERENCE if mode == REF_NEW else EMPTY_REMOVAL
        else:
            cost = self.close(marker, line) if mode != REM else 0
        found: list[Edge] = [(cost, (number, line, FREE), None)]
        if line < self.high:
            if mode in (REM_NEW, REM):
                if self.lines.goes[line - self.low]:
                    found.append((0, (number, line + 1, REM), Step(Op.REMOVE, marker, line)))
            elif self.lines.stays[line - self.low]:
                out = mode == REF_OUT or self.goes_out(marker, line)
                cost = self.problem.shallower_cost(marker) if out and mode != REF_OUT else 0
                target = (number, line + 1, REF_OUT if out else REF)
                found.append((cost, target, Step(Op.COVER, marker, line)))
        if number < self.last and self.problem.droppable[number] >= 0:
            cost = self.problem.droppable[number]
            found.append((cost, (number + 1, line, mode), Step(Op.DROP, number, line)))
        return found

    def path_from(self, node: Node) -> list[Step]:
        """Steps of a cheapest way from a node to the end; ties go to the first edge."""
        steps: list[Step] = []
        end = (self.last, self.high, FREE)
        while node != end:
            node, step = self._after.get(node) or self._link_after(node)
            if step is not None:
                steps.append(step)
        return steps

    def _link_after(self, node: Node) -> Link:
        here = self.remaining(node)
        for cost, target, step in self.edges(node):
            if cost + self.remaining(target) == here:
                found = self._after[node] = (target, step)
                return found
        raise AssertionError("forward and backward costs disagree")

    def path_to(self, node: Node) -> list[Step]:
        """Steps of a cheapest way from the start to a node."""
        steps: list[Step] = []
        start = (self.first, self.low, FREE)
        while node != start:
            node, step = self._before.get(node) or self._link_before(node)
            if step is not None:
                steps.append(step)
        steps.reverse()
        return steps

    def _link_before(self, node: Node) -> Link:
        here = self.spent(node)
        for source in self._sources(node):
            before = self.spent(source)
            if before > here:
                continue
            for cost, target, step in self.edges(source):
                if target == node and cost + before == here:
                    found = self._before[node] = (source, step)
                    return found
        raise AssertionError("no way to a reached node")

    def _sources(self, node: Node) -> Iterator[Node]:
        """Nodes that may have an edge to this one."""
        number, line, mode = node
        for tokens, lines, modes in _SOURCES[mode]:
            at, place = number - tokens, line - lines
            if at < self.first or place < self.low:
                continue
            for source in modes:
                if self.spent((at, place, source)) < INFINITE:
                    yield at, place, source
