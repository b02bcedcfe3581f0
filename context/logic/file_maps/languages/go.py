"""Go."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..bodies import in_braces
from ..naming import fields, own, text
from ..tables import ENTER, Language, Rule, header, leaf, types


def _type_kind(node: Node, _owner: bool) -> str:
    inner = node.child_by_field_name("type")
    found = inner.type if inner is not None else ""
    return {"struct_type": "struct", "interface_type": "interface"}.get(found, "type")


def _at_brace(node: Node) -> int | None:
    """A struct or interface signature ends after that word."""
    inner = node.child_by_field_name("type")
    if inner is None or inner.type not in ("struct_type", "interface_type"):
        return None
    return inner.children[0].end_byte


def _embedded(node: Node) -> str:
    """An embedded type is known by its last name, without package and type arguments."""
    return text(node).split("`")[0].split("[")[0].strip(" *").rpartition(".")[2].strip()


def _field_pieces(node: Node) -> list[Node]:
    names = node.children_by_field_name("name")
    if names:
        return names
    embedded = node.child_by_field_name("type")
    return [embedded] if embedded is not None else []


def _field_name(node: Node) -> str:
    return text(node) if node.type == "field_identifier" else _embedded(node)


_STRUCT = Rule(
    _type_kind,
    stop=(),
    cut=_at_brace,
    members=("type",),
    inner=types("struct_type interface_type"),
    owner=True,
    prefix="type ",
)

RULES: dict[str, Rule] = {
    "function_declaration": leaf("function"),
    "method_declaration": leaf("method"),
    "const_spec": Rule(
        "constant",
        "",
        own,
        (),
        value=("value",),
        split=fields("name"),
        suffix="type",
        prefix="const ",
    ),
    "var_spec": Rule(
        "variable",
        "",
        own,
        (),
        value=("value",),
        split=fields("name"),
        suffix="type",
        prefix="var ",
    ),
    "type_spec": _STRUCT,
    "type_alias": leaf("type", prefix="type "),
    "field_declaration": Rule(
        "field", "", _field_name, ("tag",), split=_field_pieces, suffix="type"
    ),
    "method_elem": leaf("method"),
    "method_spec": leaf("method"),
    "type_elem": leaf("field", name=_embedded),
    "const_declaration": ENTER,
    "var_declaration": ENTER,
    "var_spec_list": ENTER,
    "type_declaration": ENTER,
    "field_declaration_list": ENTER,
    "ERROR": ENTER,
}

_HEADERS = (
    header("function", r"func\s+(?P<name>\w+)(?=\s*[(\[])"),
    header("method", r"func\s+\([^()\n]*\)\s*(?P<name>\w+)(?=\s*\()"),
    header("struct", r"type\s+(?P<name>\w+)(?:\[[^\]\n]*\])?\s+struct\b"),
    header("interface", r"type\s+(?P<name>\w+)(?:\[[^\]\n]*\])?\s+interface\b"),
)

LANGUAGES = (
    Language(
        name="go",
        extensions=(".go",),
        rules=RULES,
        bodies=in_braces(rb"func\s(?:(?!\n(?:type|var|const)\b)[^{}]|\{\})*"),
        headers=_HEADERS,
        callables=types("func_literal"),
        trivia=re.compile(rb"//|/\*"),
    ),
)
