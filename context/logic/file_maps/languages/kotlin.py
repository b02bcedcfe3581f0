"""Kotlin."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import assigned, child, keyword
from ..tables import ENTER, Language, Rule, container, leaf, types

_BODIES = "class_body enum_class_body"


def _property_name(node: Node) -> str:
    declared = next((c for c in node.children if c.type == "variable_declaration"), None)
    if declared is None:
        return ""
    return child("simple_identifier")(declared)


def _is_named(node: Node) -> bool:
    return any(c.type == "type_identifier" for c in node.children)


_CONSTRUCTOR = re.compile(
    rb"(\bclass\s+\w+(?:<[^<>{}]*>)?)"
    rb"(\s*\n\s*(?:@[\w.:]+(?:\([^()]*\))?\s*)*(?:(?:internal|private|protected|public)\s+)?)"
    rb"(?=constructor\b)"
)


def _constructor_on_class_line(source: bytes) -> bytes:
    """The grammar does not know a primary constructor that starts on its own line."""
    if b"constructor" not in source:
        return source
    return _CONSTRUCTOR.sub(lambda found: found[1] + b" " * len(found[2]), source)


RULES: dict[str, Rule] = {
    "class_declaration": container(
        keyword({"interface": "interface", "enum": "enum", "enum_class_body": "enum"}, "class"),
        block=_BODIES,
        name=child("type_identifier"),
    ),
    "object_declaration": container("class", block=_BODIES, name=child("type_identifier")),
    # Without a name a companion object is called Companion, and used by that name.
    "companion_object": container(
        "class",
        block=_BODIES,
        name=child("type_identifier"),
        when=_is_named,
        otherwise=container(
            "class", block=_BODIES, name=lambda _node: "Companion", ending=" Companion"
        ),
    ),
    "enum_entry": container("enum_member", block="class_body", name=child("simple_identifier")),
    "function_declaration": Rule(
        "function",
        "method",
        child("simple_identifier"),
        stop_types=types("function_body"),
    ),
    "secondary_constructor": Rule(
        "constructor",
        name=lambda _node: "constructor",
        stop_types=types("constructor_delegation_call block : {"),
    ),
    "property_declaration": Rule(
        "constant",
        "field",
        _property_name,
        cut=assigned("="),
        stop_types=types("getter setter property_delegate"),
    ),
    "type_alias": leaf("type", name=child("type_identifier")),
    "ERROR": ENTER,
}

LANGUAGES = (
    Language(
        name="kotlin",
        extensions=(".kt", ".kts"),
        rules=RULES,
        dropped=types("line_comment multiline_comment comment"),
        prepare=_constructor_on_class_line,
        notes=types("annotation"),
        dull_notes=re.compile(r"@(Suppress|Override|JvmStatic|JvmField|JvmOverloads|Deprecated)\b"),
        trivia=re.compile(rb"//|/\*|@"),
    ),
)
