"""F#."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import assigned, child, itself, matching
from ..tables import ENTER, WRAP, Language, Rule, container, each, leaf, types

_TYPE_NAME = matching(r"^(?:\[<.*?>\]\s*)?(?:(?:private|internal|public)\s+)?([\w']+|``[^`]+``)")


_MEMBER = matching(
    r"\b(?:member|override|default|val|new)\s*(?:(?:inline|private|internal|public|mutable)\s+)*"
    r"(?:[\w']+\s*\.\s*)?([\w']+|``[^`]+``|(?=\())"
)


def _after_name(node: Node) -> int | None:
    name = node.child_by_field_name("name")
    return name.end_byte if name is not None else None


def _member_end(node: Node) -> int | None:
    """Before the value of a member; what is abstract has none."""
    inner = next((c for c in node.children if c.type == "method_or_prop_defn"), node)
    return assigned("=")(inner)


def _type(kind: str) -> Rule:
    return Rule(kind, name=_TYPE_NAME, cut=assigned("="), via=itself, owner=True)


def _is_function(node: Node) -> bool:
    return any(c.type == "function_declaration_left" for c in node.children)


RULES: dict[str, Rule] = {
    "namespace": container("namespace", name="name", owner=False, cut=_after_name, via=itself),
    "named_module": container("namespace", name="name", owner=False, cut=_after_name, via=itself),
    "module_defn": Rule(
        "namespace", name=child("identifier"), cut=assigned("="), via=itself, owner=False
    ),
    "type_definition": WRAP,
    "record_type_defn": _type("class"),
    "union_type_defn": _type("enum"),
    "enum_type_defn": _type("enum"),
    "anon_type_defn": _type("class"),
    "interface_type_defn": _type("interface"),
    "delegate_type_defn": _type("type"),
    "type_abbrev_defn": Rule("type", name=_TYPE_NAME, stop=()),
    "type_extension": _type("extension"),
    "record_field": leaf("field", name=matching(r"^(?:mutable\s+)?([\w']+|``[^`]+``)")),
    "union_type_case": leaf("enum_member", name=child("identifier")),
    "enum_type_case": leaf("enum_member", name=child("identifier")),
    "member_defn": Rule("method", name=_MEMBER, cut=_member_end, stop=()),
    "exception_definition": leaf("class", name="exception_name", stop=()),
    "function_or_value_defn": Rule(
        "function",
        "method",
        matching(
            r"^(?:let\s+)?(?:rec\s+)?(?:(?:inline|private|internal|public)\s+)*"
            r"([\w'.]+|``[^`]+``|\([^)]*\))"
        ),
        cut=assigned("="),
        when=_is_function,
        otherwise=Rule(
            "constant",
            "field",
            matching(r"^(?:let\s+)?(?:(?:mutable|private|internal|public)\s+)*([\w']+|``[^`]+``)"),
            cut=assigned("="),
        ),
    ),
    **each(
        ENTER,
        "declaration_expression record_fields union_type_cases enum_type_cases"
        " type_extension_elements interface_implementation ERROR",
    ),
}

LANGUAGES = (
    Language(
        name="fsharp",
        extensions=(".fs", ".fsx"),
        rules=RULES,
        notes=types("attributes"),
        dropped=types("line_comment block_comment xml_doc"),
        trivia=re.compile(rb"//|\(\*|\[<"),
    ),
)
