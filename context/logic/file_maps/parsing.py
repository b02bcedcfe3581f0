"""Grammars and parse trees, loaded one language at a time."""

from __future__ import annotations

import time
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

# Small inputs cannot take long; only large ones pay for being stoppable.
STOPPABLE_BYTES = 48_000
# All parsing of one file together, in processor time, so that a busy machine does not
# empty maps; less than the time a pool gives an item.
PARSE_SECONDS = 1.5
# Small, because reading the text of a node copies one such piece.
READ_BYTES = 2_048
# The parser asks after every hundred steps, and reading the clock is dear.
CLOCK_EVERY = 32
MAX_ERROR_DEPTH = 60


class ParseTimeout(Exception):
    """The parser did not finish in time."""


@cache
def parser_for(grammar: str) -> Parser:
    """The process's parser for a grammar; one thread at a time may use it."""
    # Both packages are slow to import and only worker processes need them.
    import tree_sitter
    from tree_sitter_language_pack import get_binding

    name: Any = grammar
    return tree_sitter.Parser(tree_sitter.Language(get_binding(name)))


def new_deadline() -> float:
    """When the parsing of a file that starts now must be over, by the process's clock."""
    return time.process_time() + PARSE_SECONDS


def parse(grammar: str, source: bytes, deadline: float) -> Tree:
    """Parse a text; raise ParseTimeout at the deadline."""
    parser = parser_for(grammar)
    if len(source) < STOPPABLE_BYTES:
        return parser.parse(source)

    def read(offset: int, _point: object) -> bytes:
        return source[offset : offset + READ_BYTES]

    calls = count(1)

    def overdue(_offset: int, _has_error: bool) -> bool:
        return next(calls) % CLOCK_EVERY == 0 and time.process_time() > deadline

    try:
        return parser.parse(read, progress_callback=overdue)
    except ValueError as error:
        parser.reset()
        raise ParseTimeout(f"{grammar}, {len(source)} bytes") from error


def best_tree(grammars: tuple[str, ...], source: bytes, deadline: float) -> Tree:
    """Parse with the first grammar; on errors, with the others, and keep the best tree."""
    best = parse(grammars[0], source, deadline)
    if not best.root_node.has_error or len(grammars) == 1:
        return best
    weight = error_bytes(best.root_node)
    for grammar in grammars[1:]:
        try:
            tree = parse(grammar, source, deadline)
        except ParseTimeout:
            break
        other = error_bytes(tree.root_node)
        if other < weight:
            best, weight = tree, other
    return best


def error_bytes(node: Node, level: int = 0) -> int:
    """How much of a tree is error nodes, counting a missing token as one byte."""
    if not node.has_error or level > MAX_ERROR_DEPTH:
        return 0
    if node.is_error:
        return 1 + node.end_byte - node.start_byte
    return int(node.is_missing) + sum(error_bytes(child, level + 1) for child in node.children)
