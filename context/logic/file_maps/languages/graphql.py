"""GraphQL: schemas and operations."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import child, text
from ..tables import ENTER, Language, Rule, container, each, leaf, types

_FIELDS = "fields_definition input_fields_definition enum_values_definition"


def _operation(node: Node) -> str:
    return child("name")(node) or child("operation_type")(node)


RULES: dict[str, Rule] = {
    "scalar_type_definition": leaf("type", name=child("name")),
    "directive_definition": leaf("macro", name=child("name")),
    **each(
        container("interface", block=_FIELDS, name=child("name")),
        "interface_type_definition interface_type_extension",
    ),
    **each(
        container("class", block=_FIELDS, name=child("name")),
        "object_type_definition object_type_extension",
    ),
    **each(
        container("struct", block=_FIELDS, name=child("name")),
        "input_object_type_definition input_object_type_extension",
    ),
    **each(
        container("enum", block=_FIELDS, name=child("name")),
        "enum_type_definition enum_type_extension",
    ),
    **each(leaf("union", name=child("name")), "union_type_definition union_type_extension"),
    "enum_value_definition": leaf("enum_member", name=lambda node: text(node).split()[-1]),
    **each(leaf("field", name=child("name")), "field_definition input_value_definition"),
    "operation_definition": Rule("function", name=_operation, stop_types=types("selection_set")),
    "fragment_definition": Rule(
        "function", name=child("fragment_name"), stop_types=types("selection_set")
    ),
    **each(
        ENTER,
        "document definition type_system_definition type_definition type_system_extension"
        " type_extension executable_definition ERROR",
    ),
}

LANGUAGES = (
    Language(
        name="graphql",
        extensions=(".graphql", ".gql", ".graphqls"),
        rules=RULES,
        dropped=types("comment description"),
        trivia=re.compile(rb"#|\""),
    ),
)
