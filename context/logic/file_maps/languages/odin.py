"""Odin."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import child, itself
from ..tables import ENTER, Language, Rule, each, leaf, types

_NAME = child("identifier")


def _before_body(node: Node) -> int | None:
    """Before the block of the procedure."""
    found = next((c for c in node.children if c.type == "procedure"), None)
    body = next((c for c in found.children if c.type == "block"), None) if found else None
    return body.start_byte if body is not None else None


def _is_member(node: Node) -> bool:
    before = node.prev_sibling
    return before is not None and before.type in ("{", ",")


RULES: dict[str, Rule] = {
    "package_declaration": leaf("namespace", name=_NAME, stop=()),
    "const_declaration": leaf("constant", name=_NAME, stop=()),
    "variable_declaration": leaf("variable", name=_NAME, stop=()),
    "enum_declaration": Rule("enum", name=_NAME, stop=(), stop_types=types("{"), via=itself),
    "struct_declaration": Rule(
        "struct", name=_NAME, stop=(), stop_types=types("{"), via=itself, owner=True
    ),
    "union_declaration": Rule("union", name=_NAME, stop=(), stop_types=types("{")),
    "field": leaf("field", name=_NAME, stop=()),
    "identifier": leaf("enum_member", name="", stop=(), when=_is_member),
    "procedure_declaration": Rule("function", name=_NAME, cut=_before_body, stop=()),
    "overloaded_procedure_declaration": leaf("function", name=_NAME, stop=()),
    **each(ENTER, "when_statement foreign_block block ERROR"),
}

LANGUAGES = (
    Language(name="odin", extensions=(".odin",), rules=RULES, trivia=re.compile(rb"//|/\*")),
)
