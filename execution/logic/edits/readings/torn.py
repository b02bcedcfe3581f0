"""Blocks of a reading: every one that stays keeps its own beginning and end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from execution.logic.edits.alignment.align import KEPT, WRITTEN, Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk, is_blank
from execution.logic.edits.text.markers import Kind
from execution.logic.edits.text.names import defined_name, stands_on_definition
from execution.logic.edits.text.similarity import without_separator
from execution.logic.edits.text.structure import Outline


def blocks_torn(problem: Problem, steps: Sequence[Step]) -> bool:
    """A closing line that is kept must close what its counterpart in the snippet closes."""
    ends = _shown_ends(problem, steps)
    if not ends:
        return False
    token_of_line = {token.line: number for number, token in enumerate(problem.tokens)}
    line_of_token = {s.token: s.line for s in steps if s.op in (Op.MATCH, Op.CHANGE)}
    reaches = _reaches(problem, steps)
    moved = {line for _, line in _moved_ends(problem, steps)}
    unshown: set[int] = set()  # opening lines of the file whose counterparts are no lines of it
    for step in ends:
        line = problem.tokens[step.token].line
        opener, counterpart = problem.snippet.opener[line], problem.original.opener[step.line]
        if step.line in moved or _left_block(problem, reaches, opener, line):
            continue
        matched = line_of_token.get(token_of_line.get(opener, -1))
        if matched is None:
            unshown.add(counterpart)
        elif matched != counterpart:
            return True
    return bool(unshown) and any(s.line in unshown and s.op in KEPT for s in steps)


def _shown_ends(problem: Problem, steps: Sequence[Step]) -> list[Step]:
    """Closing lines that both texts have, with what opens their blocks."""
    tokens, snippet, original = problem.tokens, problem.snippet, problem.original
    match, blank = Op.MATCH, Kind.BLANK
    return [
        step
        for step in steps
        if step.op is match
        and tokens[step.token].kind is not blank
        and snippet.pure_closing[tokens[step.token].line]
        and snippet.opener[tokens[step.token].line] >= 0
        and original.opener[step.line] >= 0
    ]


def closes_another(problem: Problem, steps: Sequence[Step]) -> bool:
    """Below a header and a reference the end of another block stands, and new code follows it.

    The line may be the end of the shown block, and the code below it forgotten.
    """
    token_of_line = {token.line: number for number, token in enumerate(problem.tokens)}
    line_of_token = {s.token: s.line for s in steps if s.op in (Op.MATCH, Op.CHANGE)}
    written = [step for step in steps if step.op in WRITTEN and not is_blank(problem, step)]
    for step, after in pairwise(written):
        if step.op is not Op.MATCH or after.op is not Op.INSERT:
            continue
        line = problem.tokens[step.token].line
        opener = problem.snippet.opener[line] if problem.snippet.pure_closing[line] else -1
        matched = line_of_token.get(token_of_line.get(opener, -1), -1)
        counterpart = problem.original.opener[step.line]
        if opener >= 0 and matched >= 0 and counterpart >= 0 and matched != counterpart:
            return True
    return False


def _moved_ends(problem: Problem, steps: Sequence[Step]) -> list[tuple[int, int]]:
    """New code begins with a closing line, and the same one of the file stands below it.

    The text is that of a reading in which the old line comes first and the new one below: pairs
    of the token and the line.
    """
    found: list[tuple[int, int]] = []
    end = 0
    for at in _code_inserted(problem, steps):
        if at < end:
            continue  # not the first of its run
        end = next((n for n in range(at, len(steps)) if _ends_run(problem, steps[n])), len(steps))
        below = steps[end] if end < len(steps) else None
        if below is None or below.op not in KEPT or not problem.original.pure_closing[below.line]:
            continue
        text = problem.tokens[steps[at].token].text
        if without_separator(text) == without_separator(problem.original.lines[below.line]):
            found.append((steps[at].token, below.line))
    return found


def _code_inserted(problem: Problem, steps: Sequence[Step]) -> list[int]:
    insert = Op.INSERT
    return [
        at for at, step in enumerate(steps) if step.op is insert and not is_blank(problem, step)
    ]


def _ends_run(problem: Problem, step: Step) -> bool:
    """A line of code of the file stays, or any line of it goes."""
    if step.op in (Op.INSERT, Op.DROP, Op.OPEN):
        return False
    return step.op not in KEPT or not problem.original.blank[step.line]


def head_taken(problem: Problem, steps: Sequence[Step]) -> bool:
    """A line such as `@test`, which stands on a definition that stays, gets on a new one."""
    original, tokens = problem.original, problem.tokens
    match, insert = Op.MATCH, Op.INSERT
    written = [step for step in steps if step.op in WRITTEN]
    heads = [
        (step.line, tokens[after.token].text)
        for step, after in pairwise(written)
        if after.op is insert
        and step.op is match
        and stands_on_definition(original.lines[step.line])
    ]
    if not heads:
        return False
    above = {step.line: before for before, step in pairwise(written) if step.op in KEPT}
    for head, text in heads:
        below = head + 1
        if below not in above or original.indent[head] != original.indent[below]:
            continue
        if defined_name(original.lines[below]) == defined_name(text):
            continue  # one more clause of the same function
        again = above[below]
        if again.op is Op.INSERT and tokens[again.token].text == original.lines[head]:
            continue  # the definition has its line, the new one an equal one
        if defined_name(original.lines[below]) and defined_name(text):
            return True
    return False


def removal_leaves_block(problem: Problem, steps: Sequence[Step]) -> bool:
    """A marker between two lines of a block takes code from further out than both."""
    if all(token.kind is not Kind.REMOVAL for token in problem.tokens):
        return False
    indent, blank = problem.original.indent, problem.original.blank
    above = 0
    least: int | None = None  # of the lines that go since the last kept one
    for step in steps:
        if step.op not in (Op.REMOVE, Op.MATCH, Op.COVER) or blank[step.line]:
            continue
        if step.op is Op.REMOVE:
            least = indent[step.line] if least is None else min(least, indent[step.line])
        else:
            if least is not None and least < min(above, indent[step.line]):
                return True
            above, least = indent[step.line], None
    return False


def _reaches(problem: Problem, steps: Sequence[Step]) -> list[tuple[int, int]]:
    """Per reference its snippet line and the least indentation it covers."""
    least: dict[int, int] = {}
    for step in steps:
        if step.op is Op.COVER and not problem.original.blank[step.line]:
            indent = problem.original.indent[step.line]
            least[step.token] = min(indent, least.get(step.token, indent))
    return [(problem.tokens[number].line, indent) for number, indent in least.items()]


def _left_block(
    problem: Problem, reaches: Sequence[tuple[int, int]], opener: int, closer: int
) -> bool:
    """A reference between the two lines covers the end of the block: another one is closed."""
    indent = problem.snippet.indent[closer]
    return any(line in range(opener, closer) and least <= indent for line, least in reaches)


def unbalanced(problem: Problem, steps: Sequence[Step], hunks: Sequence[Hunk]) -> bool:
    """In each hunk as many blocks must lose their closing line as get a new one."""
    if not hunks:
        return False
    changing = [step for step in steps if step.op not in KEPT]
    fresh_lines = {
        problem.tokens[step.token].line for step in changing if step.op in (Op.INSERT, Op.CHANGE)
    }
    going = (Op.REMOVE, Op.CHANGE) if problem.pure_insert else (Op.REMOVE, Op.CHANGE, Op.SKIP)
    deleted = {step.line for step in changing if step.op in going}
    moved = {token for token, _ in _moved_ends(problem, steps)}
    for hunk in hunks:
        gained = sum(
            _closes_alone(problem.snippet, problem.tokens[number].line, fresh_lines)
            for number in hunk.inserted(problem)
            if number not in moved
        )
        lost = sum(
            _closes_alone(problem.original, step.line, deleted)
            for step in hunk.steps
            if step.line in deleted and step.op is not Op.INSERT
        )
        if gained != lost:
            return True
    return False


def _closes_alone(lines: Outline, index: int, changed: set[int]) -> bool:
    """A closing line comes or goes, but the line that opens its block does not."""
    if not lines.pure_closing[index]:
        return False
    if lines.direct[index] == -1 and lines.parent[index] in changed:
        return False  # indented below the line that it closes
    return lines.opener[index] not in changed and lines.direct[index] not in changed
