"""What single lines of the file cost, listed, since every row of a table asks for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from execution.logic.edits.alignment.costs import (
    DELETE_FIRST,
    DELETE_NEXT,
    ENDS_INSIDE,
    INFINITE,
    KEEP_FIRST,
    KEEP_NEXT,
    SKIP_BLANK,
    SKIP_BLANK_NEXT,
    STARTS_AT_CLOSER,
    STARTS_AT_OWN_CLOSER,
    STARTS_INSIDE,
    STARTS_INSIDE_LOOSE,
    STARTS_INSIDE_RESTATED,
    Problem,
)
from execution.logic.edits.text.markers import Kind
from execution.logic.edits.text.structure import Outline


@dataclass(frozen=True, slots=True)
class LineCosts:
    """Of some lines in a row: what it costs to pass them without a marker, and what they may do.

    A blank line does not begin a run of passed ones: code after it pays for its own.
    """

    blank: list[bool]
    first: list[int]  # as the first of a run
    later: list[int]
    stays: list[bool]
    goes: list[bool]
    gains: list[bool] | None  # whether new code may stand before them, and at the end; None: yes


def costs_of(problem: Problem, low: int, high: int) -> LineCosts:
    blank = problem.original.blank[low:high]
    first, later = (KEEP_FIRST, KEEP_NEXT) if problem.pure_insert else (DELETE_FIRST, DELETE_NEXT)
    if problem.fate is None:
        yes = [True] * len(blank)
        return LineCosts(
            blank,
            [SKIP_BLANK if empty else first for empty in blank],
            [SKIP_BLANK_NEXT if empty else later for empty in blank],
            yes,
            yes,
            None,
        )
    goes = [problem.may_go(line) for line in range(low, high)]
    dearest = zip(blank, goes, strict=True)
    return LineCosts(
        blank,
        [SKIP_BLANK if empty else first if may else INFINITE for empty, may in dearest],
        [
            SKIP_BLANK_NEXT if empty else later if may else INFINITE
            for empty, may in zip(blank, goes, strict=True)
        ],
        [problem.may_stay(line) for line in range(low, high)],
        goes,
        [problem.may_gain(line) for line in range(low, high + 1)],
    )


def start_costs(problem: Problem, number: int, low: int, high: int) -> list[int]:
    """Costs of a marker starting to stand for the lines from each of these on."""
    token = problem.tokens[number]
    if token.kind is Kind.IMPLIED:
        return [0] * (high - low + 1)  # nobody wrote it, so it has no depth
    original, at_depth = problem.original, token.start_indent
    deeper = problem.before[number] > at_depth
    inside = STARTS_INSIDE_RESTATED if deeper else STARTS_INSIDE
    if problem.loose:
        inside = STARTS_INSIDE_LOOSE if deeper else 0
    at_closer = STARTS_AT_OWN_CLOSER if deeper else STARTS_AT_CLOSER
    return _by_depth(original, low, high, at_depth, inside, at_closer)


def close_costs(problem: Problem, number: int, low: int, high: int) -> list[int]:
    """Costs of a reference ending just before each of these lines."""
    if problem.tokens[number].kind is Kind.IMPLIED:
        return [0] * (high - low + 1)
    original, depth = problem.original, problem.depth[number]
    at_closer = 0 if problem.closer_follows[number] else ENDS_INSIDE
    return _by_depth(original, low, high, depth, ENDS_INSIDE, at_closer)


def _by_depth(
    original: Outline, low: int, high: int, depth: int, inside: int, at_closer: int
) -> list[int]:
    """Costs by what the next code is: deeper than this, a closing line as deep, or else."""
    end, indent, closing = len(original.lines), original.indent, original.pure_closing
    return [
        0
        if solid == end or indent[solid] < depth
        else inside
        if indent[solid] > depth
        else at_closer
        if closing[solid]
        else 0
        for solid in original.next_solid[low : high + 1]
    ]
