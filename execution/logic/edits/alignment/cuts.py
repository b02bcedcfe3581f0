"""Cut an alignment at lines that can only mean one thing, so that the rest stays small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from execution.logic.edits.alignment.costs import Problem
from execution.logic.edits.text.markers import Kind

_MIN_WORD_CHARACTERS = 4


@dataclass(frozen=True, slots=True)
class Anchor:
    token: int
    line: int


def certain_anchors(problem: Problem) -> list[Anchor]:
    """Lines unique in both texts, in the same surroundings, and crossed by no other such line.

    Moved code crosses: it must not decide anything here.
    """
    counts: dict[str, int] = {}
    for token in problem.tokens:
        if token.kind is Kind.LITERAL or token.dual:
            counts[token.text] = counts.get(token.text, 0) + 1
    anchors: list[Anchor] = []
    for number, token in enumerate(problem.tokens):
        if token.kind is not Kind.LITERAL or counts[token.text] != 1:
            continue
        if token.line in problem.fresh:
            continue
        lines = problem.by_text.get(token.text, ())
        if len(lines) != 1 or not _says_enough(token.text):
            continue
        if problem.may_stay(lines[0]) and _same_surroundings(problem, token.line, lines[0]):
            anchors.append(Anchor(number, lines[0]))
    return _uncrossed(anchors)


def _says_enough(text: str) -> bool:
    return sum(char.isalnum() for char in text) >= _MIN_WORD_CHARACTERS


def _same_surroundings(problem: Problem, line: int, other: int) -> bool:
    if problem.kinship.cost(line, other):
        return False
    return problem.snippet.path_key(line) == problem.original.path_key(other)


def _uncrossed(anchors: Sequence[Anchor]) -> list[Anchor]:
    """Those that no other one crosses: every earlier is above, every later below."""
    highest: list[int] = []
    top = -1
    for anchor in anchors:
        highest.append(top)
        top = max(top, anchor.line)
    kept: list[Anchor] = []
    lowest = 1 << 60
    for anchor, above in zip(reversed(anchors), reversed(highest), strict=True):
        if above < anchor.line < lowest:
            kept.append(anchor)
        lowest = min(lowest, anchor.line)
    kept.reverse()
    return kept
