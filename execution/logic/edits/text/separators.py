"""Blank lines of a snippet that only set a marker apart, and what dropping them costs."""

from __future__ import annotations

from collections.abc import Callable

from execution.logic.edits.text.markers import Kind, Token

DROP_BLANK, DROP_BLANK_BY_NEW_CODE, DROP_BLANK_BY_REMOVAL = 6, 36, 3


def droppable_blanks(tokens: list[Token], is_new: Callable[[Token], bool]) -> list[int]:
    """Blank lines beside a marker separate; beside new code they may also be content."""
    costs = [-1] * len(tokens)
    index = 0
    while index < len(tokens):
        if tokens[index].kind is not Kind.BLANK:
            index += 1
            continue
        end = index
        while end < len(tokens) and tokens[end].kind is Kind.BLANK:
            end += 1
        above = tokens[index - 1] if index else None
        below = tokens[end] if end < len(tokens) else None
        cost = _separator_cost(above, below, is_new)
        for at in range(index, end):
            costs[at] = cost
        index = end
    return costs


def _separator_cost(
    above: Token | None, below: Token | None, is_new: Callable[[Token], bool]
) -> int:
    cost = -1
    new_code = False
    for neighbour in (above, below):
        if neighbour is None:
            continue
        if neighbour.kind is Kind.REMOVAL:
            return DROP_BLANK_BY_REMOVAL
        if neighbour.kind is Kind.LITERAL:
            new_code = new_code or is_new(neighbour)
        elif neighbour.kind is not Kind.BLANK:
            cost = DROP_BLANK
    if cost < 0:
        return -1
    return DROP_BLANK_BY_NEW_CODE if new_code else cost
