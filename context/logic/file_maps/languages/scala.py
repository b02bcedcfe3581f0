"""Scala 2 and 3."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..bodies import in_braces
from ..naming import text
from ..tables import ENTER, Language, Rule, container, each, leaf, types


def _given_name(node: Node) -> str:
    return text(node.child_by_field_name("name")) or text(node.child_by_field_name("return_type"))


_VALUE = Rule("constant", "field", "pattern", (), value=("value",))

RULES: dict[str, Rule] = {
    "trait_definition": container("trait"),
    "class_definition": container("class"),
    "object_definition": container("class"),
    "package_object": container("namespace"),
    "enum_definition": container("enum"),
    **each(leaf("enum_member"), "simple_enum_case full_enum_case"),
    "enum_case_definitions": ENTER,
    **each(leaf("function", "method"), "function_definition function_declaration"),
    **each(_VALUE, "val_definition var_definition"),
    **each(leaf("constant", "field"), "val_declaration var_declaration"),
    "type_definition": leaf("type"),
    "given_definition": container("constant", name=_given_name),
    "extension_definition": ENTER,
    # Packages with a body hold the definitions in it.
    **each(ENTER, "package_clause template_body with_template_body ERROR"),
}

LANGUAGES = (
    Language(
        name="scala",
        extensions=(".scala", ".sc", ".sbt"),
        rules=RULES,
        bodies=in_braces(rb"(?:[^\n{}=/]*\s)?def\s[^{}]*="),
        notes=types("annotation"),
        trivia=re.compile(rb"//|/\*|@"),
        tail="{:=;, ",
    ),
)
