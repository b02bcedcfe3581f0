"""New blank lines between new code and what a reference hides: is a line forgotten there?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile

from execution.logic.edits.alignment.align import KEPT, WRITTEN, Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk, is_blank, is_covered

_COMMENTS = ("//", "# ", "-- ", "/*", "<!--")


def odd_blanks(problem: Problem, steps: Sequence[Step], hunks: Sequence[Hunk]) -> set[Step]:
    """New blank lines beside references that widen a gap: a line there may be forgotten."""
    places = {step.line: at for at, step in enumerate(steps) if step.op is Op.COVER}
    found: set[Step] = set()
    for hunk in hunks:
        for side, behind in ((hunk.above, True), (hunk.below, False)):
            if side is None or not is_covered(side):
                continue
            at = places[side.line]
            walk = steps[at + 1 :] if behind else reversed(steps[:at])
            fresh, kept, first = _gap(problem, walk)
            parted = bool(fresh or kept) and _goes_on(problem, side.line, hunk, behind=behind)
            if parted and not fresh:
                found.update(step for step in hunk.steps[-1:] if is_blank(problem, step))
            if first is None:
                continue
            had = _blanks_beside(problem, side.line, behind=behind)
            result = len(fresh) + kept
            replaced = first.op is not Op.INSERT or bool(hunk.lines(problem, Op.SKIP, Op.CHANGE))
            odd = result != had if replaced else result > had >= 1
            odd = odd or (not had and _gap_opposite(problem, side.line, behind=behind))
            odd = odd or parted
            odd = odd or (not had and _ends_block(problem, side.line, first, behind=behind))
            cut_off = behind and is_comment(problem.original.lines[side.line])
            odd = odd or (cut_off and not had)  # from the code that it speaks of
            odd = odd or (len(fresh) > 1 and result > _widest(problem, 0))
            if odd:
                found.update(fresh[: max(1, result - had)])
    return found


def _gap_opposite(problem: Problem, line: int, *, behind: bool) -> bool:
    """The shown gap may be that on the other side of the line, which was forgotten then.

    Behind the last line of a file new code mostly has a gap.
    """
    lines = problem.original
    at_end = behind and lines.next_solid[line + 1] == len(lines.lines)
    return not at_end and bool(_blanks_beside(problem, line, behind=not behind))


def is_comment(text: str) -> bool:
    """The line is a comment of the usual kinds, or begins one."""
    return text.lstrip().startswith(_COMMENTS)


def _ends_block(problem: Problem, line: int, first: Step, *, behind: bool) -> bool:
    """The file's line beside the new code begins or ends their block: no gap parts them."""
    if behind:
        return problem.tokens[first.token].indent > problem.original.indent[line]
    text = problem.original.lines[line]
    return problem.original.pure_closing[line] or not any(map(str.isalnum, text))


def _goes_on(problem: Problem, line: int, hunk: Hunk, *, behind: bool) -> bool:
    """New code and the file's line beside it are of one list, whatever gap there is.

    Behind a line any of the outermost new ones goes on its list; before it only the last does.
    """
    fresh = [problem.tokens[number] for number in hunk.inserted(problem)]
    indent = min((token.indent for token in fresh), default=-1)
    beside = [token for token in fresh if token.indent == indent] if behind else fresh[-1:]
    words = problem.original.lines[line].split()
    return any(
        token.indent == problem.original.indent[line] and _listed_alike(words, token.text.split())
        for token in beside
    )


def _listed_alike(words: Sequence[str], others: Sequence[str]) -> bool:
    """The first word of one line stands in the other."""
    first = {word for word in (words[0], others[0]) if any(map(str.isalpha, word))}
    return any(word in words and word in others for word in first)


def too_wide(problem: Problem, steps: Sequence[Step], hunk: Hunk) -> bool:
    """Within a block new code stands farther from a covered line than any code of the file."""
    fresh = hunk.inserted(problem)
    if not fresh or not is_covered(hunk.above):
        return False
    indent = problem.tokens[fresh[0]].indent
    at = next(n for n in range(hunk.start, hunk.end) if steps[n].token == fresh[0])
    gap = 0
    for step in (steps[n] for n in range(at - 1, -1, -1)):
        if not is_blank(problem, step):
            break
        gap += step.op in WRITTEN
    return indent > 0 and gap > _widest(problem, indent)


def _widest(problem: Problem, indent: int) -> int:
    """Blank lines in the widest gap of the file above a line of at least this indentation.

    One is usual in any file.
    """
    widest, run = 1, 0
    for line, blank in enumerate(problem.original.blank):
        if blank:
            run += 1
            continue
        if problem.original.indent[line] >= indent:
            widest = max(widest, run)
        run = 0
    return widest if indent else max(widest, run)


def _gap(problem: Problem, walk: Iterable[Step]) -> tuple[list[Step], int, Step | None]:
    """New and kept blank lines up to the next line of code, and what happens there."""
    fresh: list[Step] = []
    kept = 0
    gone = (Op.REMOVE,) if problem.pure_insert else (Op.REMOVE, Op.SKIP)
    for step in walk:
        if step.op in gone:
            continue
        if not is_blank(problem, step):
            return fresh, kept, step
        if step.op is Op.INSERT:
            fresh.append(step)
        kept += step.op in KEPT
    return fresh, kept, None


def _blanks_beside(problem: Problem, line: int, *, behind: bool) -> int:
    blank = problem.original.blank
    beside = range(line + 1, len(blank)) if behind else range(line - 1, -1, -1)
    return sum(1 for _ in takewhile(blank.__getitem__, beside))
