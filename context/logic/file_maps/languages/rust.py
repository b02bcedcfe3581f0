"""Rust."""

from __future__ import annotations

import re

from ..tables import ENTER, SIGNATURE, Language, Rule, container, each, leaf, types

RULES: dict[str, Rule] = {
    **each(leaf("function", "method"), "function_item function_signature_item"),
    **each(Rule("constant", stop=(), value=("value",)), "const_item"),
    "static_item": Rule("variable", stop=(), value=("value",)),
    "type_item": leaf("type"),
    "associated_type": leaf("type"),
    "struct_item": container("struct", block="field_declaration_list", stop=(), owner=True),
    "union_item": container("union", block="field_declaration_list", stop=()),
    "enum_item": container("enum"),
    "enum_variant": Rule("enum_member", stop=(), stop_types=types("field_declaration_list")),
    "field_declaration": leaf("field"),
    "trait_item": container("trait"),
    "impl_item": container(
        "impl", name=SIGNATURE, stop=(), stop_types=types("where_clause declaration_list")
    ),
    "mod_item": container("namespace", owner=False),
    "macro_definition": Rule("macro", stop=(), stop_types=types("macro_rule ( { [")),
    "foreign_mod_item": ENTER,
    "declaration_list": ENTER,
    "ERROR": ENTER,
}

LANGUAGES = (
    Language(
        name="rust",
        extensions=(".rs",),
        rules=RULES,
        dropped=types("line_comment block_comment attribute_item"),
        trivia=re.compile(rb"//|/\*|#\["),
    ),
)
