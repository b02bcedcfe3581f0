"""What declarators of C declare: `*names[3]` a variable, `f(void)` a function."""

from __future__ import annotations

import re

from tree_sitter import Node

from .naming import text
from .tables import types

_NO_NAMES = frozenset("namespace class struct template if for while switch return else".split())
# Nodes that stand for what they contain, without a field for it.
_PLAIN = types("parenthesized_declarator reference_declarator attributed_declarator")


def _step(node: Node) -> Node | None:
    """One level into a declarator: from `*x[3]` to `x[3]` to `x`."""
    if node.type == "operator_cast":
        return None
    inner = node.child_by_field_name("declarator")
    if inner is not None or node.type not in _PLAIN:
        return inner
    return next((c for c in node.named_children if c.type != "ms_call_modifier"), None)


def declared(node: Node) -> Node:
    """The innermost node of a declarator, which is the declared name."""
    for _ in range(40):
        inner = _step(node)
        if inner is None:
            break
        node = inner
    return node


def declared_name(node: Node) -> str:
    """The name a declarator declares; operators are spelled `operator+` or `operator bool`."""
    found = declared(node)
    if found.type == "operator_cast":
        return f"operator {text(found.child_by_field_name('type'))}"
    if found.type in ("abstract_function_declarator", "structured_binding_declarator"):
        return ""
    name = text(found)
    if "operator" in name:
        return re.sub(r"\boperator (?=\W)", "operator", name)
    # A keyword or a piece of code here means that the grammar took the text for another thing.
    return "" if name in _NO_NAMES or re.search(r"[;{}()]", name) else name


def is_function(node: Node) -> bool:
    """Tell functions from variables, function pointers included."""
    while node.type != "function_declarator":
        inner = _step(node)
        if inner is None:
            return node.type == "operator_cast"
        node = inner
    inner = _step(node)
    return (
        inner is None
        or inner.type != "parenthesized_declarator"
        or (_step(inner) is not None and declared(inner).parent == inner)
    )
