"""Lua."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import text
from ..tables import ENTER, Language, Rule, each, leaf, types


def _holder(node: Node, kind: str) -> Node | None:
    return next((c for c in node.children if c.type == kind), None)


def _value(node: Node) -> Node | None:
    values = _holder(node, "expression_list")
    return values.child_by_field_name("value") if values is not None else None


def _target(node: Node) -> str:
    names = _holder(node, "variable_list")
    return text(names.child_by_field_name("name")) if names is not None else ""


def _is_listed(node: Node) -> bool:
    """Plain names, and functions put into tables; not every change of a table."""
    name, value = _target(node), _value(node)
    return bool(re.fullmatch(r"\w+", name)) or (
        value is not None and value.type == "function_definition"
    )


def _kind(node: Node, _owner: bool) -> str:
    value = _value(node)
    if value is not None and value.type == "function_definition":
        return "function"
    return "constant" if _target(node).isupper() else "variable"


def _end(node: Node) -> int | None:
    value = _value(node)
    if value is None:
        return None
    if value.type == "function_definition":
        parameters = value.child_by_field_name("parameters")
        return parameters.end_byte if parameters is not None else value.start_byte
    short = re.fullmatch(r"""-?[\d.]+|"[^"]*"|'[^']*'|true|false|nil""", text(value)[:60])
    return value.end_byte if short and value.end_byte - value.start_byte <= 40 else value.start_byte


def _tables(node: Node) -> list[Node]:
    value = _value(node)
    return [value] if value is not None and value.type == "table_constructor" else []


def _function_end(node: Node) -> int | None:
    parameters = node.child_by_field_name("parameters")
    return parameters.end_byte if parameters is not None else None


def _has_function(node: Node) -> bool:
    value = node.child_by_field_name("value")
    return value is not None and value.type == "function_definition"


def _key(node: Node) -> str:
    return text(node.child_by_field_name("name")).strip("\"'")


def _inner_table(node: Node) -> list[Node]:
    value = node.child_by_field_name("value")
    return [value] if value is not None and value.type == "table_constructor" else []


RULES: dict[str, Rule] = {
    "function_declaration": leaf("function", cut=_function_end),
    "variable_declaration": Rule(wrap=True),
    "assignment_statement": Rule(
        _kind, "", _target, (), cut=_end, via=_tables, owner=True, once=True, when=_is_listed
    ),
    "field": Rule(
        "method",
        name=_key,
        stop=(),
        value=("value",),
        when=_has_function,
        otherwise=Rule(
            "field",
            name=_key,
            stop=("value",),
            via=_inner_table,
            when=lambda node: bool(_inner_table(node)),
            prune=lambda _node: True,
        ),
    ),
    "return_statement": ENTER,
    "expression_list": ENTER,
    "table_constructor": ENTER,
    **each(ENTER, "if_statement do_statement block else_statement elseif_statement ERROR"),
}

LANGUAGES = (
    Language(
        name="lua",
        extensions=(".lua", ".rockspec"),
        rules=RULES,
        callables=types("function_definition"),
        trivia=re.compile(rb"--"),
    ),
)
