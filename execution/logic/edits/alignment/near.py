"""Readings of one segment that cost little more than the chosen one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from execution.logic.edits.alignment.align import KEPT, Op, Segment, Step
from execution.logic.edits.alignment.results import render
from execution.logic.edits.alignment.tables import FREE, REF, REF_NEW, REF_OUT, Node
from execution.logic.edits.text.markers import Kind

MARGIN = 36  # another text that is not this much dearer makes a place ambiguous
MARGIN_BLANK = 2  # the same for texts that differ in blank lines only
MAX_CROWD = 2_000  # steps off the chosen way; real edits have a few hundred at most
MAX_CROWD_WIDE = 5_000  # the same within a wider margin
MAX_TRIED = 80
MAX_WORK = 60_000  # lines of rival readings that are written out
MAX_RIVALS = 8
MAX_TWINS = 6
_COVERING = (REF_NEW, REF, REF_OUT)


@dataclass(slots=True)
class Nearby:
    """What comes close to the chosen steps of a segment."""

    others: list[tuple[int, list[Step]]] = field(default_factory=list)  # slack, another text
    twins: list[list[Step]] = field(default_factory=list)  # other steps to the same text
    blanks_differ: bool = False  # a text with other blank lines is as cheap
    crowded: bool = False  # so many come close that they are not looked at


def near_readings(
    segment: Segment, chosen: list[Step], margin: int = MARGIN, most: int = MAX_RIVALS
) -> Nearby:
    """Other steps within the margin, cheapest first."""
    problem = segment.problem
    used = set(chosen)
    best = segment.remaining((segment.first, segment.low, FREE))
    crowd = MAX_CROWD if margin <= MARGIN else MAX_CROWD_WIDE
    near = list(islice(_suspicious(segment, used, best, margin), crowd))
    if len(near) == crowd:
        return Nearby(crowded=True)
    mine = [text for text, _ in render(problem, chosen)]
    mine_solid = [text for text in mine if text.strip()]
    found = Nearby()
    seen: set[tuple[str, ...]] = {tuple(mine)}
    budget = MAX_WORK // (segment.last - segment.first + segment.high - segment.low + 50)
    for tried, (slack, source, target, step) in enumerate(sorted(near, key=lambda item: item[0])):
        if tried >= min(MAX_TRIED, budget) or len(found.others) >= most:
            break
        steps = [*segment.path_to(source), step, *segment.path_from(target)]
        lines = tuple(text for text, _ in render(problem, steps))
        if lines in seen:
            if len(found.twins) < MAX_TWINS and lines == tuple(mine):
                found.twins.append(steps)
            continue
        seen.add(lines)
        if [text for text in lines if text.strip()] == mine_solid:
            found.blanks_differ = found.blanks_differ or slack <= MARGIN_BLANK
        else:
            found.others.append((slack, steps))
    return found


def _suspicious(
    segment: Segment, used: set[Step], best: int, margin: int
) -> Iterator[tuple[int, Node, Node, Step]]:
    """Steps off the chosen way that a nearly as cheap way takes, for solid lines only.

    Two texts differ only if a token goes elsewhere or a line has another fate.
    """
    fates = {step.line: _stays(step) for step in used if step.op is not Op.INSERT}
    blank = segment.problem.original.blank
    for node, spent in _near_nodes(segment, best + margin):
        if _goes_on(segment, node, fates):
            continue
        for cost, target, step in segment.edges(node):
            if step is None or step in used:
                continue
            slack = spent + cost + segment.remaining(target) - best
            if slack <= margin and _matters(segment, step, fates, blank, slack):
                yield slack, node, target, step


def _goes_on(segment: Segment, node: Node, fates: dict[int, bool]) -> bool:
    """The only step from here does to the line what the chosen steps do as well."""
    number, line, mode = node
    if mode == FREE or (number < segment.last and segment.problem.droppable[number] >= 0):
        return False
    return line == segment.high or fates.get(line) is (mode in _COVERING)


def _near_nodes(segment: Segment, limit: int) -> Iterator[tuple[Node, int]]:
    """Nodes on ways that cost no more, with what it takes to get there."""
    for number in range(segment.first, segment.last + 1):
        ahead = segment.ahead[number - segment.first]
        behind = segment.behind[number - segment.first]
        for mode in range(7):
            spent, left = ahead[mode], behind[mode]
            if spent is None or left is None:
                continue
            for at, cost in enumerate(spent):
                if cost + left[at] <= limit:
                    yield (number, segment.low + at, mode), cost


def _stays(step: Step) -> bool:
    return step.op in KEPT


def _matters(
    segment: Segment, step: Step, fates: dict[int, bool], blank: list[bool], slack: int
) -> bool:
    if step.op is Op.INSERT:
        solid = segment.problem.tokens[step.token].kind is not Kind.BLANK
        return solid or slack <= MARGIN_BLANK
    if step.op in (Op.DROP, Op.OPEN):
        return step.op is Op.DROP and slack <= MARGIN_BLANK
    if blank[step.line] and slack > MARGIN_BLANK:
        return False
    return fates.get(step.line) != _stays(step) or step.op is Op.CHANGE
