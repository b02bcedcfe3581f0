"""Does a text follow from a snippet? Search for a reading of the snippet that yields it.

Used for texts that a model wrote: a line that a reference stands for cannot get lost in any
reading, and a line that is in neither text cannot appear.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from operator import itemgetter

from execution.logic.edits.alignment.align import KEPT, Op, Segment, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.tables import FREE, MODES, Node
from execution.logic.edits.checks.gate import is_subsequence
from execution.logic.edits.text.markers import Kind
from execution.logic.edits.text.similarity import plain_typography

MAX_VISITED = 120_000
MAX_PAIRS = 300_000  # of lines in both texts that are alike; with more a search takes seconds
MAX_TABLE_CELLS = 500_000  # tokens by lines; beyond it the search goes without a table
EXTRA_BLANK = 15
KEEP_LEFT_OUT = 100

Estimate = Callable[[Node], int]


def reading_of(problem: Problem, candidate: Sequence[str]) -> list[Step] | None:
    """Steps of a cheapest reading that yields the candidate's lines; None if there is none.

    What is left to pay is estimated by the cheapest way on to *any* text, so that the search
    spends its bounded work near the readings that matter, also in long files.
    """
    return _Search(problem, candidate).run() if _possible(problem, candidate) else None


def _possible(problem: Problem, candidate: Sequence[str]) -> bool:
    """What can be told without a search: each line comes from somewhere, and none is missing."""
    original, shown = problem.original.lines, [token.text for token in problem.tokens]
    known, written = set(original), {text.strip() for text in shown}
    if not all(line in known or line.strip() in written or not line.strip() for line in candidate):
        return False
    literals = [token.text for token in problem.tokens if token.kind is Kind.LITERAL]
    if not is_subsequence(literals, candidate):
        return False
    alike = Counter(plain_typography(line) for line in original)
    return sum(alike[plain_typography(text)] for text in literals) <= MAX_PAIRS


def _estimate(segment: Segment) -> Estimate:
    """A lower bound of the cost from a node to the end.

    The edges that only this search has are never cheaper than those the table knows: a blank
    line more leaves the node as it is, and keeping a left-out line costs more than passing it.
    """
    if (segment.last + 1) * (segment.high + 1) > MAX_TABLE_CELLS:
        return lambda node: 0
    segment.forward()
    segment.backward()
    return segment.remaining


@dataclass(slots=True)
class _Search:
    """From the start, where nothing is written, to the end, where all of the candidate is.

    A state is a node and how many lines are written. It is numbered: there are so many of them
    that the garbage collector would take longer with tuples than the search does.
    """

    problem: Problem
    candidate: Sequence[str]
    segment: Segment = field(init=False)
    remaining: Estimate = field(init=False)

    def __post_init__(self) -> None:
        size = len(self.problem.original.lines)
        self.segment = Segment(self.problem, 0, len(self.problem.tokens), 0, size)
        self.remaining = _estimate(self.segment)

    def run(self) -> list[Step] | None:
        start = self._state((0, 0, FREE), 0)
        goal = self._state((self.segment.last, self.segment.high, FREE), len(self.candidate))
        queue = [(self.remaining((0, 0, FREE)), 0, 0, start)]
        costs, came = {start: 0}, {start: start}
        serial = 0
        while queue and len(costs) < MAX_VISITED:
            _, cost, _, state = heappop(queue)
            if cost > costs[state]:
                continue
            if state == goal:
                return self._walk(came, goal)
            for extra, node, written, _step in self._edges(*self._place(state)):
                target, total = self._state(node, written), cost + extra
                if total < costs.get(target, total + 1):
                    costs[target], came[target] = total, state
                    serial += 1
                    heappush(queue, (total + self.remaining(node), total, serial, target))
        return None

    def _state(self, node: Node, written: int) -> int:
        number, line, mode = node
        place = (number * (self.segment.high + 1) + line) * MODES + mode
        return place * (len(self.candidate) + 1) + written

    def _place(self, state: int) -> tuple[Node, int]:
        place, written = divmod(state, len(self.candidate) + 1)
        place, mode = divmod(place, MODES)
        number, line = divmod(place, self.segment.high + 1)
        return (number, line, mode), written

    def _walk(self, came: dict[int, int], state: int) -> list[Step]:
        """The steps of the cheapest edges, the first of several, between the states."""
        steps: list[Step] = []
        while came[state] != state:
            place, state = self._place(state), came[state]
            edges = [edge for edge in self._edges(*self._place(state)) if edge[1:3] == place]
            step = min(edges, key=itemgetter(0))[3]
            if step is not None:
                steps.append(step)
        steps.reverse()
        return steps

    def _edges(self, node: Node, at: int) -> Iterator[tuple[int, Node, int, Step | None]]:
        """Cost, node and lines written of each step that writes the next line, or none."""
        problem = self.problem
        here = self.candidate[at] if at < len(self.candidate) else None
        for cost, target, step in self.segment.edges(node):
            if step is None or step.op in (Op.DROP, Op.OPEN, Op.REMOVE):
                yield cost, target, at, step
            elif step.op is Op.SKIP:
                if not problem.pure_insert:
                    yield cost, target, at, step
            elif here is not None and _yields(problem, step, here):
                yield cost, target, at + 1, step
        number, line, mode = node
        if here is None or mode != FREE:
            return
        if not here.strip():
            yield EXTRA_BLANK, node, at + 1, None
        if line < self.segment.high and problem.original.lines[line] == here:
            yield KEEP_LEFT_OUT, (number, line + 1, FREE), at + 1, Step(Op.COVER, -1, line)


def _yields(problem: Problem, step: Step, line: str) -> bool:
    """Whether the step puts this line into the result; a model may mend the indentation."""
    if step.op in KEPT:
        return problem.original.lines[step.line] == line
    return problem.tokens[step.token].text.strip() == line.strip()
