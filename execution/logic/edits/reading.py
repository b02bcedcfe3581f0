"""From a snippet to the cheapest reading of it, and to the readings that come close."""

from __future__ import annotations

from dataclasses import dataclass

from execution.logic.edits.align import FREE, INFINITE, REF_OUT, REM_NEW, Node, Op, Segment, Step
from execution.logic.edits.costs import Problem
from execution.logic.edits.cuts import Anchor, certain_anchors
from execution.logic.edits.markers import Kind

MAX_CELLS = 350_000
MARGIN = 45  # another text that is not this much dearer makes a place ambiguous
MARGIN_BLANK = 2  # the same for texts that differ in blank lines only
MAX_TRIED = 80

Line = tuple[str, int]  # text, index of the original line or -1


class TooComplex(Exception):
    """The texts repeat themselves so much that searching would take too long."""


@dataclass(frozen=True, slots=True)
class Reading:
    steps: tuple[Step, ...]
    ambiguous: bool
    ambiguous_blanks: bool
    alternatives: tuple[tuple[Line, ...], ...]  # other whole results, nearest first


def read_snippet(problem: Problem) -> Reading:
    """Align all tokens with all lines; raises TooComplex beyond the work limit."""
    anchors = certain_anchors(problem)
    segments = _segments(problem, anchors)
    cells = sum((s[1] - s[0] + 1) * (s[3] - s[2] + 1) for s in segments)
    if cells > MAX_CELLS:
        raise TooComplex
    steps: list[Step] = []
    parts: list[tuple[int, int]] = []  # the range of steps of each segment with alternatives
    others: list[list[Step]] = []
    blanks_differ = False
    for position, (first, last, low, high) in enumerate(segments):
        start = len(steps)
        if first < last or low < high:
            segment = Segment(problem, first, last, low, high)
            segment.forward()
            segment.backward()
            chosen = segment.path_from((first, low, FREE))
            steps.extend(chosen)
            near, blank = _near_readings(segment, chosen)
            blanks_differ = blanks_differ or blank
            others.extend(near)
            parts.extend([(start, len(steps))] * len(near))
        if position < len(anchors):
            anchor = anchors[position]
            steps.append(Step(Op.MATCH, anchor.token, anchor.line, "exact"))
    texts = tuple(
        tuple(render(problem, [*steps[:start], *other, *steps[end:]]))
        for (start, end), other in zip(parts[:8], others[:8], strict=True)
    )
    return Reading(tuple(steps), bool(others), blanks_differ, texts)


def _segments(problem: Problem, anchors: list[Anchor]) -> list[tuple[int, int, int, int]]:
    found: list[tuple[int, int, int, int]] = []
    first = low = 0
    for anchor in anchors:
        found.append((first, anchor.token, low, anchor.line))
        first, low = anchor.token + 1, anchor.line + 1
    found.append((first, len(problem.tokens), low, len(problem.original.lines)))
    return found


def render(problem: Problem, steps: list[Step]) -> list[Line]:
    """The lines a list of steps yields."""
    out: list[Line] = []
    for step in steps:
        match step.op:
            case Op.MATCH | Op.COVER:
                out.append((problem.original.lines[step.line], step.line))
            case Op.CHANGE | Op.INSERT:
                out.append((problem.tokens[step.token].text, -1))
            case Op.SKIP if problem.pure_insert:
                out.append((problem.original.lines[step.line], step.line))
            case _:
                pass
    return out


def _near_readings(segment: Segment, chosen: list[Step]) -> tuple[list[list[Step]], bool]:
    """Other texts within the margin, and whether one differs in blank lines only."""
    problem = segment.problem
    best = segment.remaining((segment.first, segment.low, FREE))
    mine = [text for text, _ in render(problem, chosen)]
    mine_solid = [text for text in mine if text.strip()]
    used = set(chosen)
    near: list[list[Step]] = []
    blank = False
    seen: set[tuple[str, ...]] = {tuple(mine)}
    tried = 0
    for slack, source, target, step in sorted(
        _suspicious(segment, used, best), key=lambda item: item[0]
    ):
        tried += 1
        if tried > MAX_TRIED or len(near) >= 3:
            break
        steps = [*segment.path_to(source), step, *segment.path_from(target)]
        lines = tuple(text for text, _ in render(problem, steps))
        if lines in seen:
            continue
        seen.add(lines)
        if [text for text in lines if text.strip()] == mine_solid:
            blank = blank or slack <= MARGIN_BLANK
        else:
            near.append(steps)
    return near, blank


def _suspicious(segment: Segment, used: set[Step], best: int) -> list[tuple[int, Node, Node, Step]]:
    """Steps off the chosen way that a nearly as cheap way takes, for solid lines only.

    Two texts differ only if a token goes elsewhere or a line has another fate.
    """
    found: list[tuple[int, Node, Node, Step]] = []
    fates = {step.line: _stays(step) for step in used if step.op is not Op.INSERT}
    blank = segment.problem.original.blank
    for number in range(segment.first, segment.last + 1):
        row = segment.ahead[number - segment.first]
        modes = range(REM_NEW + 2) if row[REF_OUT] or row[REM_NEW] else (FREE, 1)
        for line in range(segment.low, segment.high + 1):
            for mode in modes:
                node = (number, line, mode)
                spent = segment.spent(node)
                if spent >= INFINITE or spent + segment.remaining(node) > best + MARGIN:
                    continue
                for cost, target, step in segment.edges(node):
                    if step is None or step in used:
                        continue
                    slack = spent + cost + segment.remaining(target) - best
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
