"""Does a text follow from a snippet? Search for a reading of the snippet that yields it.

Used for texts that a model wrote: a line that a reference stands for cannot get lost in any
reading, and a line that is in neither text cannot appear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush

from execution.logic.edits.alignment.align import KEPT, Op, Segment, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.tables import FREE, Node

MAX_VISITED = 120_000
MAX_TABLE_CELLS = 500_000  # tokens by lines; beyond it the search goes without a table
EXTRA_BLANK = 15
KEEP_LEFT_OUT = 100

State = tuple[Node, int]
Estimate = Callable[[Node], int]


def reading_of(problem: Problem, candidate: Sequence[str]) -> list[Step] | None:
    """Steps of a cheapest reading that yields the candidate's lines; None if there is none.

    What is left to pay is estimated by the cheapest way on to *any* text, so that the search
    spends its bounded work near the readings that matter, also in long files.
    """
    segment = Segment(problem, 0, len(problem.tokens), 0, len(problem.original.lines))
    remaining = _estimate(segment)
    start: State = ((0, 0, FREE), 0)
    goal: State = ((len(problem.tokens), len(problem.original.lines), FREE), len(candidate))
    queue: list[tuple[int, int, int, State]] = [(remaining(start[0]), 0, 0, start)]
    came: dict[State, tuple[State, Step | None] | None] = {start: None}
    costs = {start: 0}
    serial = 0
    while queue and len(costs) < MAX_VISITED:
        _, cost, _, state = heappop(queue)
        if cost > costs[state]:
            continue
        if state == goal:
            return _walk(came, goal)
        for extra, target, step in _edges(segment, state, candidate):
            total = cost + extra
            if total < costs.get(target, total + 1):
                costs[target] = total
                came[target] = (state, step)
                serial += 1
                heappush(queue, (total + remaining(target[0]), total, serial, target))
    return None


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


def _walk(came: dict[State, tuple[State, Step | None] | None], goal: State) -> list[Step]:
    steps: list[Step] = []
    link = came[goal]
    while link is not None:
        state, step = link
        if step is not None:
            steps.append(step)
        link = came[state]
    steps.reverse()
    return steps


def _edges(
    segment: Segment, state: State, candidate: Sequence[str]
) -> Iterator[tuple[int, State, Step | None]]:
    node, at = state
    problem = segment.problem
    here = candidate[at] if at < len(candidate) else None
    for cost, target, step in segment.edges(node):
        if step is None or step.op in (Op.DROP, Op.OPEN, Op.REMOVE):
            yield cost, (target, at), step
        elif step.op is Op.SKIP:
            if not problem.pure_insert:
                yield cost, (target, at), step
        elif here is not None and _yields(problem, step, here):
            yield cost, (target, at + 1), step
    if here is None or node[2] != FREE:
        return
    number, line, _ = node
    if not here.strip():
        yield EXTRA_BLANK, (node, at + 1), None
    if line < segment.high and problem.original.lines[line] == here:
        yield KEEP_LEFT_OUT, ((number, line + 1, FREE), at + 1), Step(Op.COVER, -1, line)


def _yields(problem: Problem, step: Step, line: str) -> bool:
    """Whether the step puts this line into the result; a model may mend the indentation."""
    if step.op in KEPT:
        return problem.original.lines[step.line] == line
    return problem.tokens[step.token].text.strip() == line.strip()
