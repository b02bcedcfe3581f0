"""Which places of a JavaScript or TypeScript file are local to a function.

ctags gives no scope inside functions without a name, so it cannot tell what a module defines from
what a callback does. The grammar can: a definition is local if a function around it is more than
the module itself. This shares no code with the mapper, whose errors it is to show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tree_sitter import Node, Parser

_FUNCTIONS = frozenset(
    "arrow_function function_expression function function_declaration generator_function"
    " generator_function_declaration method_definition".split()
)
# What loaders and pages call with the module as a function.
_LOADERS = frozenset({b"define", b"require", b"requirejs", b"$", b"jQuery"})
_PLAIN = frozenset(("parenthesized_expression", "unary_expression"))


def local_test(path: Path, grammar: str) -> Callable[[int, str], bool]:
    """Tells whether a name on a line (from 1) of the file is local to a function."""
    from tree_sitter import Language
    from tree_sitter_language_pack import get_binding

    source = path.read_bytes()
    lines = source.split(b"\n")
    root = Parser(Language(get_binding(grammar))).parse(source).root_node  # type: ignore[arg-type]

    def is_local(line: int, name: str) -> bool:
        column = lines[line - 1].find(name.encode()) if line <= len(lines) else -1
        if column < 0:
            return False
        point = (line - 1, column)
        found = root.descendant_for_point_range(point, point)
        return any(not _is_module(node) for node in _around(found, name.encode()))

    return is_local


def _around(node: Node | None, name: bytes) -> Iterator[Node]:
    """The functions around a place, without the one that is named there."""
    while node is not None:
        if node.type in _FUNCTIONS and not _is_named(node, name):
            yield node
        node = node.parent


def _is_named(function: Node, name: bytes) -> bool:
    own = function.child_by_field_name("name")
    return own is not None and own.text == name


def _is_module(function: Node) -> bool:
    """A function that is called where it stands, or is handed to a loader or to such a call."""
    node = function
    while node.parent is not None and node.parent.type in _PLAIN:
        node = node.parent
    holder = node.parent
    if holder is not None and holder.type == "member_expression":
        holder = holder.parent
    if holder is not None and holder.type == "arguments":
        holder = holder.parent
        callee = holder.child_by_field_name("function") if holder is not None else None
        while callee is not None and callee.type in _PLAIN and callee.named_child_count:
            callee = callee.named_children[0]
        if callee is not None and callee.type == "member_expression":
            callee = callee.child_by_field_name("object")
            while callee is not None and callee.type in _PLAIN and callee.named_child_count:
                callee = callee.named_children[0]
            return callee is not None and callee.type in _FUNCTIONS
        return callee is not None and (callee.type in _FUNCTIONS or callee.text in _LOADERS)
    return holder is not None and holder.type == "call_expression"
