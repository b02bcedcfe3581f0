"""Dart."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import child, inner_of_type, text
from ..tables import ENTER, Language, Rule, container, each, leaf, types


def _constructor(node: Node) -> str:
    return ".".join(text(c) for c in node.children if c.type == "identifier")


def _operator(node: Node) -> str:
    found = re.search(r"operator\s*([^\s(]+)", text(node))
    return f"operator {found.group(1)}" if found else "operator"


_SIGNATURES = (
    "function_signature getter_signature setter_signature constructor_signature"
    " factory_constructor_signature constant_constructor_signature"
    " redirecting_factory_constructor_signature operator_signature"
)


def _declares_variable(node: Node) -> bool:
    return not any(c.type in _SIGNATURES.split() for c in node.children)


_VARIABLES = inner_of_type("initialized_identifier_list", "initialized_identifier")
_STATICS = inner_of_type("static_final_declaration_list", "static_final_declaration")


def _variables(node: Node) -> list[Node]:
    return _VARIABLES(node) or _STATICS(node)


def _name_end(node: Node) -> int | None:
    if node.type not in ("initialized_identifier", "static_final_declaration"):
        return None
    return node.children[0].end_byte if node.child_count > 1 else None


RULES: dict[str, Rule] = {
    "class_definition": container("class"),
    "mixin_declaration": container("trait", block="class_body", name=child("identifier")),
    "extension_declaration": container("impl"),
    "extension_type_declaration": container("class", name=child("identifier")),
    "enum_declaration": container("enum"),
    "enum_constant": leaf("enum_member"),
    "type_alias": leaf("type", name=child("type_identifier")),
    **each(leaf("function", "method"), "function_signature getter_signature setter_signature"),
    **each(
        leaf("constructor", name=_constructor),
        "constructor_signature factory_constructor_signature constant_constructor_signature"
        " redirecting_factory_constructor_signature",
    ),
    "operator_signature": leaf("method", name=_operator),
    "declaration": Rule(
        "variable",
        "field",
        child("identifier"),
        cut=_name_end,
        split=_variables,
        when=_declares_variable,
        otherwise=Rule(wrap=True),
    ),
    "static_final_declaration_list": ENTER,
    "static_final_declaration": leaf("constant", name=child("identifier")),
    "method_signature": Rule(wrap=True),
    **each(ENTER, "class_body enum_body extension_body ERROR"),
}

LANGUAGES = (
    Language(
        name="dart",
        extensions=(".dart",),
        rules=RULES,
        dropped=types("comment documentation_comment"),
        notes=types("annotation"),
        dull_notes=re.compile(r"@override\b"),
        trivia=re.compile(rb"//|/\*|@"),
    ),
)
