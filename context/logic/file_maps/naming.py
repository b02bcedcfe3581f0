"""Ways to find names, declarators and kinds that several language tables share."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection

from tree_sitter import Node

from .tables import LITERAL, MAX_VALUE, KindOf, NameOf, NodesOf

# Names are shorter; what is asked for the text of a whole class wants its beginning.
MAX_TEXT = 2_000


class _Reading(threading.local):
    """The source that this thread maps now.

    A node knows its text too, but asks the parser's input for it: for a text that is parsed in
    pieces that costs fifty times as much as a slice.
    """

    source: bytes = b""


_now = _Reading()


def reading(source: bytes) -> None:
    """Say whose nodes are read from now on."""
    _now.source = source


def returned_body(function: Node, callables: Collection[str]) -> Node | None:
    """The body of a function; of one that only returns another, that one's."""
    body = function.child_by_field_name("body")
    while body is not None and body.type in callables:
        inner = body.child_by_field_name("body")
        if inner is None:
            break
        body = inner
    return body


def text(node: Node | None, limit: int = MAX_TEXT) -> str:
    """A node's source on one line, or the beginning of a long one; "" without a node."""
    if node is None:
        return ""
    begin = node.start_byte
    raw = _now.source[begin : min(node.end_byte, begin + limit)]
    return " ".join(raw.decode("utf-8", "replace").split())


def word(node: Node | None) -> bytes:
    """A node's source as it is, for short nodes that are compared with known words."""
    return _now.source[node.start_byte : node.end_byte] if node is not None else b""


def says(pattern: str) -> Callable[[Node], bool]:
    """Tells nodes with a match of a pattern anywhere in their source."""
    search = re.compile(pattern.encode()).search

    def found(node: Node) -> bool:
        return search(_now.source, node.start_byte, node.end_byte) is not None

    return found


def followed_by(pattern: str) -> Callable[[Node], bool]:
    """Tells nodes after which a pattern comes; to ask for the next node takes much longer."""
    match = re.compile(pattern.encode()).match

    def found(node: Node) -> bool:
        return match(_now.source, node.end_byte) is not None

    return found


def child(*types: str) -> NameOf:
    """The name is the first child of one of these node types."""

    def name(node: Node) -> str:
        return text(next((c for c in node.children if c.type in types), None))

    return name


def itself(node: Node) -> list[Node]:
    """For definitions whose members are the node's own children."""
    return [node]


def after(kind: str) -> Callable[[Node], int | None]:
    """Signatures end after the last child of this type."""

    def cut(node: Node) -> int | None:
        return max((c.end_byte for c in node.children if c.type == kind), default=None)

    return cut


def own(node: Node) -> str:
    """The name is the node itself."""
    return text(node)


def path(*steps: str) -> NameOf:
    """The name is found by following fields, one after the other."""

    def name(node: Node) -> str:
        found: Node | None = node
        for step in steps:
            found = found.child_by_field_name(step) if found is not None else None
        return text(found)

    return name


def matching(pattern: str) -> NameOf:
    """The name is the first group of a pattern, searched in the node's source."""
    compiled = re.compile(pattern)

    def name(node: Node) -> str:
        found = compiled.search(text(node))
        return found.group(1) if found else ""

    return name


def fields(*names: str) -> NodesOf:
    """One entry per child in these fields."""

    def pieces(node: Node) -> list[Node]:
        return [c for name in names for c in node.children_by_field_name(name)]

    return pieces


def of_type(*types: str) -> NodesOf:
    """One entry per direct child of these node types."""

    def pieces(node: Node) -> list[Node]:
        return [c for c in node.children if c.type in types]

    return pieces


def inner_of_type(outer: str, *types: str) -> NodesOf:
    """One entry per child of these types in the first child of type `outer`."""

    def pieces(node: Node) -> list[Node]:
        holder = next((c for c in node.children if c.type == outer), None)
        return [c for c in holder.children if c.type in types] if holder else []

    return pieces


def deepest(field: str) -> NameOf:
    """Follow one field as long as it exists: C declarators and the like."""

    def name(node: Node) -> str:
        found = node
        for _ in range(50):
            inner = found.child_by_field_name(field)
            if inner is None:
                break
            found = inner
        return text(found)

    return name


def keyword(kinds: dict[str, str], default: str) -> KindOf:
    """The kind is decided by a keyword among the node's children."""

    def kind(node: Node, _owner: bool) -> str:
        for part in node.children:
            if part.type in kinds:
                return kinds[part.type]
        return default

    return kind


def assigned(*tokens: str) -> Callable[[Node], int | None]:
    """Signatures end before an assignment, or after it if its value is a short literal."""

    def cut(node: Node) -> int | None:
        parts = node.children
        for position, part in enumerate(parts):
            if part.type in tokens:
                value = parts[position + 1] if position + 1 < len(parts) else None
                if value is not None and _is_short(value):
                    return value.end_byte
                return part.start_byte
        return None

    return cut


def _is_short(value: Node) -> bool:
    begin, end = value.start_byte, value.end_byte
    return end - begin <= MAX_VALUE and LITERAL.fullmatch(_now.source, begin, end) is not None
