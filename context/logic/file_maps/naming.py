"""Ways to find names, declarators and kinds that several language tables share."""

from __future__ import annotations

import re

from tree_sitter import Node

from .tables import NameOf, NodesOf


def text(node: Node | None) -> str:
    """A node's source on one line; "" without a node."""
    if node is None or node.text is None:
        return ""
    return " ".join(node.text.decode("utf-8", "replace").split())


def child(*types: str) -> NameOf:
    """The name is the first child of one of these node types."""

    def name(node: Node) -> str:
        return text(next((c for c in node.children if c.type in types), None))

    return name


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
        found = compiled.search(text(node)[:2_000])
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
