"""New code that stands in the file beside its place already: it was meant as an anchor."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from execution.logic.edits.alignment.align import KEPT, Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk, is_covered, kept_above, kept_below
from execution.logic.edits.text.markers import Kind
from execution.logic.edits.text.names import Name, line_name, stands_on_definition

BESIDE = 4  # lines of code
_COVERED = (Op.COVER,)
NEAREST = 2
MOVED, TELLING = 6, 16  # lines below; letters and digits of one that says which it is
OLD_FORM = 0.8  # so alike are an old line and its new form
REMOVED = 6  # letters and digits of a line that tells
SEEN, REPEATED = 12, 2  # lines looked through for repeated ones, and so many that say it


def known_beside(problem: Problem, steps: Sequence[Step], hunk: Hunk) -> bool:
    """New code ends in a line that the reference there keeps: it was meant as an anchor."""
    fresh = hunk.inserted(problem)
    if not fresh:
        return False
    above, below = _beside(problem, steps, hunk, _COVERED, BESIDE)
    first, last = problem.tokens[fresh[0]].text, problem.tokens[fresh[-1]].text
    return (is_covered(hunk.above) and first in above) or (is_covered(hunk.below) and last in below)


def repeats_beside(problem: Problem, steps: Sequence[Step], hunk: Hunk) -> bool:
    """New code begins with the lines above it once more, or ends with those below.

    Where one of them is left out it was forgotten, and they were meant as anchors.
    """
    fresh = [
        problem.tokens[step.token].text
        for step in hunk.steps
        if step.op is Op.INSERT and problem.tokens[step.token].kind is Kind.LITERAL
    ]
    if len(fresh) < REPEATED or not {fresh[0], fresh[-1]} & problem.by_text.keys():
        return False
    above, below = _beside(problem, steps, hunk, KEPT, SEEN)
    return _repeats(fresh, above) or _repeats(fresh[::-1], below[::-1])


def repeats_hidden(problem: Problem, steps: Sequence[Step], hunk: Hunk) -> bool:
    """A new line stands once in the file, beside this place, where a reference hides it."""
    by_text = problem.by_text
    fresh = hunk.inserted(problem)
    if not any(len(by_text.get(problem.tokens[number].text, ())) == 1 for number in fresh):
        return False
    beside = (
        *islice(kept_above(problem, steps, hunk), NEAREST),
        *islice(kept_below(problem, steps, hunk), NEAREST),
    )
    margin = min((problem.tokens[number].indent for number in fresh), default=0)
    hidden = {
        line
        for step in beside
        if is_covered(step)
        and problem.original.indent[step.line] <= margin
        and sum(map(str.isalnum, line := problem.original.lines[step.line])) >= REMOVED
        and len(by_text[line]) == 1
        and not stands_on_definition(line)
    }
    return any(problem.tokens[number].text in hidden for number in fresh)


def moved_beside(problem: Problem, steps: Sequence[Step], hunk: Hunk) -> bool:
    """A line beside what goes comes once more elsewhere as new code: it was meant to move there."""
    lines = problem.original.lines
    hidden = {
        line
        for step in islice(kept_below(problem, steps, hunk), MOVED)
        if is_covered(step)
        and sum(map(str.isalnum, line := lines[step.line])) >= TELLING
        and len(problem.by_text[line]) == 1
    }
    return bool(hidden) and any(
        step.op is Op.INSERT and problem.tokens[step.token].text in hidden for step in steps
    )


def _repeats(fresh: Sequence[str], beside: Sequence[str]) -> bool:
    """The first new lines are among those beside, in order, up to the nearest one."""
    telling = position = 0
    for text in fresh:
        try:
            position = beside.index(text, position) + 1
        except ValueError:
            return False
        telling += sum(char.isalnum() for char in text) >= 4
        if position == len(beside):
            return telling >= REPEATED
    return False


def has_old_form_below(problem: Problem, steps: Sequence[Step], hunk: Hunk) -> bool:
    """The line which the reference below keeps is all but one of the new lines: its old form."""
    beside = islice(kept_below(problem, steps, hunk), BESIDE - 1)
    hidden = next(filter(is_covered, beside), None)
    if hidden is None:
        return False
    line = problem.original.lines[hidden.line]
    return any(
        problem.similarity.ratio(problem.tokens[number].text, line) >= OLD_FORM
        for number in hunk.inserted(problem)
    )


def has_old_form_elsewhere(problem: Problem, steps: Sequence[Step], hunk: Hunk) -> bool:
    """A new line takes the place of another one, and all but its old form stays elsewhere."""
    lines = problem.original.lines
    gone = hunk.lines(problem, Op.SKIP, Op.CHANGE)
    old = {line_name(lines[line]) for line in gone}
    names: dict[Name, str] = {}
    for number in hunk.inserted(problem) if gone else ():
        text = problem.tokens[number].text
        name = line_name(text)
        if name is not None and name not in old:
            names[name] = text
    hidden = (lines[step.line] for step in steps if step.op is Op.COVER) if names else ()
    return any(
        (name := line_name(line)) in names
        and problem.similarity.ratio(names[name], line) >= OLD_FORM
        for line in hidden
    )


def shows_removed(problem: Problem, hunk: Hunk) -> bool:
    """New code beside a removal marker is code that the marker takes: it was meant to stay."""
    removed = {problem.original.lines[line].strip() for line in hunk.lines(problem, Op.REMOVE)}
    shown = {problem.tokens[number].text.strip() for number in hunk.inserted(problem)}
    return any(sum(map(str.isalnum, text)) >= REMOVED for text in removed & shown)


def repeats_kept(problem: Problem, steps: Sequence[Step], hunk: Hunk) -> bool:
    """New code holds the code of a line which the reference beside it keeps."""
    gone = [problem.original.lines[line] for line in hunk.lines(problem, Op.SKIP, Op.CHANGE)]
    if not gone:
        return False
    above, below = _beside(problem, steps, hunk, _COVERED, BESIDE)
    for number in hunk.inserted(problem):
        text = problem.tokens[number].text.strip().rstrip(" ,;|&+")
        if sum(char.isalnum() for char in text) < 16 or any(text in line for line in gone):
            continue
        if any(text in line for line in (*above, *below)):
            return True
    return False


def _beside(
    problem: Problem, steps: Sequence[Step], hunk: Hunk, ops: Sequence[Op], most: int
) -> tuple[list[str], list[str]]:
    """The nearest lines of code above and below a hunk that stay as they are."""
    lines = problem.original.lines
    above = (lines[s.line] for s in kept_above(problem, steps, hunk) if s.op in ops)
    below = (lines[s.line] for s in kept_below(problem, steps, hunk) if s.op in ops)
    return list(islice(above, most))[::-1], list(islice(below, most))
