"""Old lines without a new form among lines that all have one: perhaps they were forgotten."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from execution.logic.edits.alignment.align import Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import Hunk
from execution.logic.edits.alignment.results import render
from execution.logic.edits.text.markers import Kind
from execution.logic.edits.text.names import line_name

_MACRO = re.compile(r"\s*#\s*define\s+(\w+)")
ALIKE, MAX_ALIKE = 0.75, 40  # of a line and its new form; lines that are compared
MIN_NAME = 4  # letters; shorter ones stand for many things, unless it is a macro


def leaves_one_over(problem: Problem, hunk: Hunk) -> bool:
    """Each new line is the new form of an old one, and an old one between them has none."""
    blank, tokens = problem.original.blank, problem.tokens
    solid = [
        step
        for step in hunk.steps
        if step.op is Op.CHANGE
        or (step.op is Op.INSERT and tokens[step.token].kind is Kind.LITERAL)
        or (step.op is Op.SKIP and not blank[step.line])
    ]
    paired = [at for at, step in enumerate(solid) if step.op is Op.CHANGE]
    if len(paired) < 2 or any(step.op is Op.INSERT for step in solid):
        return False
    return paired[-1] - paired[0] >= len(paired) or name_lost(problem, hunk)


def name_lost(problem: Problem, hunk: Hunk) -> bool:
    """Every new line is named as an old one is, and an old one of another name has none."""
    lines = problem.original.lines
    gone = hunk.lines(problem, Op.SKIP, Op.CHANGE)
    old = {name[1] for line in gone if (name := line_name(lines[line]))}
    texts = [problem.tokens[number].text for number in hunk.inserted(problem)]
    new = [line_name(text) for text in texts]
    return bool(new) and None not in new and {name[1] for name in new if name} < old


def leaves_out_one(problem: Problem, hunk: Hunk) -> bool:
    """New lines are old ones or their new forms, and an old one among them has none."""
    old = [problem.original.lines[line] for line in hunk.lines(problem, Op.SKIP, Op.CHANGE)]
    new = [problem.tokens[number].text for number in hunk.inserted(problem)]
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    if 0 < len(new) < len(old) and _all_alike(problem, new, old):
        return True
    back = any(tag == "equal" for tag, *_ in blocks)
    return back and any(
        tag != "equal" and high - low > new_high - new_low
        for tag, low, high, new_low, new_high in blocks
    )


def _all_alike(problem: Problem, new: Sequence[str], old: Sequence[str]) -> bool:
    """Every new line is the form of an old one, in order."""
    if len(new) > MAX_ALIKE:
        return False
    position = 0
    for text in new:
        while position < len(old) and problem.similarity.ratio(text, old[position]) < ALIKE:
            position += 1
        if position == len(old):
            return False
        position += 1
    return True


def loses_head(problem: Problem, steps: Sequence[Step], hunk: Hunk) -> bool:
    """The head of a block goes, lines of the block stay, and no new line is like that head."""
    original = problem.original
    if not hunk.lines(problem, Op.SKIP):
        return False
    owners = {original.parent[step.line] for step in steps if step.op is Op.MATCH}
    tokens = [problem.tokens[number] for number in hunk.inserted(problem)]
    for line in hunk.lines(problem, Op.SKIP):
        head, indent = original.lines[line].strip(), original.indent[line]
        if line in owners and not any(
            token.indent == indent and _heads_alike(token.text.strip(), head) for token in tokens
        ):
            return True
    return False


def _heads_alike(text: str, head: str) -> bool:
    return text[-1] == head[-1] or text.split()[0] == head.split()[0]


def loses_used_name(problem: Problem, steps: Sequence[Step], hunk: Hunk) -> bool:
    """A line goes that gives something its name, and the result still speaks of it."""
    gone = hunk.lines(problem, Op.SKIP, Op.CHANGE)
    names = {_word(problem.original.lines[line]) for line in gone} - {""}
    if not names:
        return False
    result = [line for line, _ in render(problem, steps)]
    whole = "\n".join(result)
    names = {name for name in names if name in whole}
    speaking = [line for line in result if any(name in line for name in names)] if names else []
    names.difference_update(_word(line) for line in speaking)
    return any(name in _words(line) for name in names for line in speaking if name in line)


def _word(line: str) -> str:
    """The name that a line gives, if it is a plain word."""
    macro = _MACRO.match(line)
    if macro:
        return macro[1]
    name = line_name(line)
    text = name[1].strip("\"'") if name else ""
    return text if len(text) >= MIN_NAME and text.isidentifier() else ""


def _words(line: str) -> list[str]:
    return re.findall(r"\w+", line)
