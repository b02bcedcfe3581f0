"""Elm."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import text
from ..tables import ENTER, Language, Rule, each, leaf, types


def _annotation_kind(node: Node, _owner: bool) -> str:
    return "function" if "->" in text(node) else "constant"


def _left(node: Node) -> Node | None:
    return node.child_by_field_name("functionDeclarationLeft")


def _value_kind(node: Node, _owner: bool) -> str:
    left = _left(node)
    return "function" if left is not None and left.named_child_count > 1 else "constant"


def _value_name(node: Node) -> str:
    left = _left(node)
    return text(left.named_children[0]) if left is not None and left.named_children else ""


def _record(node: Node) -> list[Node]:
    """The fields of a type alias for a record."""
    expression = node.child_by_field_name("typeExpression")
    return [c for c in expression.children if c.type == "record_type"] if expression else []


def _before_record(node: Node) -> int | None:
    records = _record(node)
    return records[0].start_byte if records else None


RULES: dict[str, Rule] = {
    "module_declaration": Rule("namespace", stop=("exposing",), name="name"),
    "type_alias_declaration": Rule("type", stop=(), cut=_before_record, via=_record, owner=True),
    "field_type": leaf("field"),
    "type_declaration": Rule(
        "enum",
        stop=(),
        stop_types=types("eq"),
        owner=True,
        via=lambda node: [node],
    ),
    "union_variant": leaf("enum_member"),
    "port_annotation": leaf("function", once=True),
    # The annotation comes first and says more: the definition of the same name is left out.
    "type_annotation": Rule(_annotation_kind, stop=(), once=True),
    "value_declaration": Rule(
        _value_kind, name=_value_name, stop=(), stop_types=types("eq"), once=True
    ),
    **each(ENTER, "ERROR"),
}

LANGUAGES = (
    Language(
        name="elm",
        extensions=(".elm",),
        rules=RULES,
        dropped=types("line_comment block_comment"),
        trivia=re.compile(rb"--|\{-"),
    ),
)
