"""Readings written by hand, and what speaks against each of them.

A step is a word: `M` match, `C` change, `I` insert, `D` drop, `K` kept by a reference, `R` removed
by a marker, `S` skipped, `O` a marker passed; then the token and the original line, as in `M0:0`.
"""

from execution.logic.edits.aligned import build_problem
from execution.logic.edits.alignment.align import Op, Step
from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.alignment.hunks import group_hunks
from execution.logic.edits.doubts.certainty import doubts
from execution.logic.edits.doubts.declared import fates
from execution.logic.edits.doubts.told import declared_doubts
from execution.logic.edits.placement import Edit
from execution.logic.edits.readings.reading import Reading
from execution.logic.edits.readings.rivals import Rival
from execution.logic.edits.readings.soundness import structural_doubts
from execution.logic.edits.text.description import parse_description
from execution.logic.edits.text.lines import split_text
from execution.logic.edits.text.markers import Kind

OPS = {
    "M": Op.MATCH,
    "C": Op.CHANGE,
    "I": Op.INSERT,
    "D": Op.DROP,
    "K": Op.COVER,
    "R": Op.REMOVE,
    "S": Op.SKIP,
    "O": Op.OPEN,
}


def problem_of(original: str, snippet: str, kind: str, path: str) -> Problem:
    text, lines = split_text(original), split_text(snippet).lines
    return build_problem(Edit(original, text, lines, parse_description(kind), path, lines), lines)


def steps_of(words: str, how: str = "similar") -> list[Step]:
    steps: list[Step] = []
    for word in words.split():
        token, _, line = word[1:].partition(":")
        op = OPS[word[0]]
        steps.append(Step(op, int(token), int(line), how if op is Op.CHANGE else "exact"))
    return steps


def structural(
    original: str, snippet: str, words: str, kind: str = "", path: str = "a.js"
) -> list[str]:
    problem = problem_of(original, snippet, kind, path)
    first = int(problem.tokens[0].kind is Kind.IMPLIED)  # a reference nobody wrote comes first
    steps = [Step(s.op, s.token + first, s.line, s.how) for s in steps_of(words)]
    hunks = group_hunks(problem, steps)
    return list(structural_doubts(problem, steps, hunks, parse_description(kind)))


def doubts_of(
    original: str,
    snippet: str,
    words: str,
    kind: str = "",
    path: str = "a.js",
    how: str = "similar",
    blanks: bool = False,
) -> list[str]:
    problem = problem_of(original, snippet, kind, path)
    reading = Reading(tuple(steps_of(words, how)), blanks, ())
    return doubts(problem, reading, parse_description(kind))


def told_of(
    original: str,
    case: tuple[str, str],
    said: str,
    path: str = "a.txt",
    rivals: tuple[Rival, ...] = (),
    blanks: bool = False,
    crowded: bool = False,
    loose: bool = False,
) -> list[str]:
    """By the strictest understanding of the explanation, or by the ``loose`` one."""
    snippet, words = case
    description = parse_description(said)
    problem = problem_of(original, snippet, said, path)
    fate = fates(description, problem.original, quotes_count=True)[-1 if loose else 0]
    reading = Reading(tuple(steps_of(words)), blanks, rivals, crowded)
    return declared_doubts(problem.anew(fate=fate), reading, description)


REF = "// ... existing code ...\n"
