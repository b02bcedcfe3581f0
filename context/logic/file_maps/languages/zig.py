"""Zig: types are constants whose value is a container."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import text
from ..tables import ENTER, WRAP, Language, Rule, leaf, types


def _container(node: Node) -> Node | None:
    """The container declaration among the node's descendants that are no blocks."""
    found: Node | None = node
    for _ in range(6):
        if found is None:
            return None
        inner = next((c for c in found.children if c.type == "ContainerDecl"), None)
        if inner is not None:
            return inner
        found = next((c for c in reversed(found.children) if c.type.endswith("Expr")), None)
    return None


def _kind(node: Node, _owner: bool) -> str:
    inner = _container(node)
    if inner is not None:
        words = text(inner, 30).split("{")[0]
        return next((k for k in ("struct", "enum", "union") if k in words), "type")
    return "constant" if any(c.type == "const" for c in node.children) else "variable"


def _members(node: Node) -> list[Node]:
    inner = _container(node)
    return [inner] if inner is not None else []


def _end(node: Node) -> int | None:
    parts = node.children
    for position, part in enumerate(parts):
        if part.type == "=":
            value = parts[position + 1]
            return (
                value.end_byte
                if re.fullmatch(r"[\w.\"-]{1,40}", text(value, 60))
                else (part.start_byte)
            )
    return None


RULES: dict[str, Rule] = {
    "Decl": WRAP,
    "FnProto": Rule("function", "method", "function", stop=()),
    "VarDecl": Rule(_kind, name="variable_type_function", cut=_end, via=_members, owner=True),
    "ContainerField": leaf(
        "field", name=lambda node: text(node).split(":")[0].split("=")[0].strip()
    ),
    "ERROR": ENTER,
}

LANGUAGES = (
    Language(
        name="zig",
        extensions=(".zig",),
        rules=RULES,
        dropped=types("line_comment doc_comment container_doc_comment"),
        trivia=re.compile(rb"//"),
    ),
)
