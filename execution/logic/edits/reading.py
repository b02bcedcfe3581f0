"""From a snippet to the cheapest reading of it, and to the readings that come close."""

from __future__ import annotations

from dataclasses import dataclass

from execution.logic.edits.align import FREE, Node, Op, Segment, Step
from execution.logic.edits.costs import Problem
from execution.logic.edits.cuts import Anchor, certain_anchors
from execution.logic.edits.description import Description
from execution.logic.edits.markers import Kind
from execution.logic.edits.results import render
from execution.logic.edits.rivals import Judge, Rival, is_sound, standing

MAX_CELLS = 250_000
MARGIN = 36  # another text that is not this much dearer makes a place ambiguous
MARGIN_BLANK = 2  # the same for texts that differ in blank lines only
MAX_TRIED = 80
MAX_WORK = 60_000  # lines of rival readings that are written out
MAX_RIVALS = 8
MAX_TWINS = 6


class TooComplex(Exception):
    """The texts repeat themselves so much that searching would take too long."""


@dataclass(frozen=True, slots=True)
class Reading:
    steps: tuple[Step, ...]
    ambiguous_blanks: bool
    rivals: tuple[Rival, ...]  # nearest first


def read_snippet(problem: Problem, description: Description) -> Reading:
    """Align all tokens with all lines; raises TooComplex beyond the work limit.

    A nearly as cheap reading makes the place ambiguous unless it is unsound.
    """
    anchors = certain_anchors(problem)
    segments = _segments(problem, anchors)
    cells = sum((s[1] - s[0] + 1) * (s[3] - s[2] + 1) for s in segments)
    if cells > MAX_CELLS:
        raise TooComplex
    chosen: list[list[Step]] = []
    twins: list[tuple[int, list[Step]]] = []  # other steps to the same text
    rivals: list[tuple[int, int, list[Step]]] = []  # slack, number of the segment, its steps
    blanks_differ = False
    for position, (first, last, low, high) in enumerate(segments):
        part: list[Step] = []
        if first < last or low < high:
            segment = Segment(problem, first, last, low, high)
            segment.forward()
            segment.backward()
            part = segment.path_from((first, low, FREE))
            near, same, blank = _near_readings(segment, part)
            blanks_differ = blanks_differ or blank
            rivals.extend((slack, position, other) for slack, other in near)
            twins.extend((position, other) for other in same)
        if position < len(anchors):
            anchor = anchors[position]
            part = [*part, Step(Op.MATCH, anchor.token, anchor.line, "exact")]
        chosen.append(part)
    for position, other in twins:
        if is_sound(problem, [step for part in chosen for step in part], description):
            break
        parts = _parts_with(chosen, position, other)
        if is_sound(problem, [step for part in parts for step in part], description):
            chosen = parts
    steps = [step for part in chosen for step in part]
    judge = Judge(problem, description, standing(problem, steps, description))
    found = [
        Rival(slack, tuple(whole))
        for slack, position, other in sorted(rivals, key=lambda rival: rival[:2])
        if judge.admits(slack, whole := _swapped(chosen, position, other))
    ]
    return Reading(tuple(steps), blanks_differ, tuple(found))


def _swapped(chosen: list[list[Step]], position: int, other: list[Step]) -> list[Step]:
    return [step for part in _parts_with(chosen, position, other) for step in part]


def _parts_with(chosen: list[list[Step]], position: int, other: list[Step]) -> list[list[Step]]:
    """The whole reading with other steps in one segment; its closing anchor stays."""
    parts = list(chosen)
    last = chosen[position][-1:] if position + 1 < len(chosen) else []
    parts[position] = [*other, *last]
    return parts


def _segments(problem: Problem, anchors: list[Anchor]) -> list[tuple[int, int, int, int]]:
    found: list[tuple[int, int, int, int]] = []
    first = low = 0
    for anchor in anchors:
        found.append((first, anchor.token, low, anchor.line))
        first, low = anchor.token + 1, anchor.line + 1
    found.append((first, len(problem.tokens), low, len(problem.original.lines)))
    return found


def _near_readings(
    segment: Segment, chosen: list[Step]
) -> tuple[list[tuple[int, list[Step]]], list[list[Step]], bool]:
    """Steps to other texts within the margin with what they cost more, other steps to the
    same text, and whether a text differs in blank lines only."""
    problem = segment.problem
    best = segment.remaining((segment.first, segment.low, FREE))
    mine = [text for text, _ in render(problem, chosen)]
    mine_solid = [text for text in mine if text.strip()]
    used = set(chosen)
    near: list[tuple[int, list[Step]]] = []
    same: list[list[Step]] = []
    blank = False
    seen: set[tuple[str, ...]] = {tuple(mine)}
    budget = MAX_WORK // (segment.last - segment.first + segment.high - segment.low + 50)
    for tried, (slack, source, target, step) in enumerate(
        sorted(_suspicious(segment, used, best), key=lambda item: item[0])
    ):
        if tried >= min(MAX_TRIED, budget) or len(near) >= MAX_RIVALS:
            break
        steps = [*segment.path_to(source), step, *segment.path_from(target)]
        lines = tuple(text for text, _ in render(problem, steps))
        if lines in seen:
            if len(same) < MAX_TWINS and lines == tuple(mine):
                same.append(steps)
            continue
        seen.add(lines)
        if [text for text in lines if text.strip()] == mine_solid:
            blank = blank or slack <= MARGIN_BLANK
        else:
            near.append((slack, steps))
    return near, same, blank


def _suspicious(segment: Segment, used: set[Step], best: int) -> list[tuple[int, Node, Node, Step]]:
    """Steps off the chosen way that a nearly as cheap way takes, for solid lines only.

    Two texts differ only if a token goes elsewhere or a line has another fate.
    """
    found: list[tuple[int, Node, Node, Step]] = []
    fates = {step.line: _stays(step) for step in used if step.op is not Op.INSERT}
    blank = segment.problem.original.blank
    for number in range(segment.first, segment.last + 1):
        ahead = segment.ahead[number - segment.first]
        behind = segment.behind[number - segment.first]
        for mode in range(7):
            spent, left = ahead[mode], behind[mode]
            if spent is None or left is None:
                continue
            limit = best + MARGIN
            near = [at for at, cost in enumerate(spent) if cost + left[at] <= limit]
            for at in near:
                node = (number, segment.low + at, mode)
                for cost, target, step in segment.edges(node):
                    if step is None or step in used:
                        continue
                    slack = spent[at] + cost + segment.remaining(target) - best
                    if slack > MARGIN or not _matters(segment, step, fates, blank, slack):
                        continue
                    found.append((slack, node, target, step))
    return found


def _stays(step: Step) -> bool:
    return step.op in (Op.MATCH, Op.COVER)


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
