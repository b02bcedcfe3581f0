"""PHP."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..bodies import in_braces
from ..naming import child, of_type, text
from ..tables import ENTER, Language, Rule, container, each, header, leaf, types


def _property(node: Node) -> str:
    return text(node.child_by_field_name("name")).lstrip("$")


def _constant_end(node: Node) -> int | None:
    """A constant's short literal value is shown, as for properties."""
    for part in node.children:
        if part.type == "=":
            return node.end_byte if node.end_byte - part.start_byte <= 40 else part.start_byte
    return None


def _defines(node: Node) -> bool:
    return text(node.child_by_field_name("function")).lower() == "define"


def _defined(node: Node) -> str:
    found = re.match(r"""define\s*\(\s*['"]([\w\\]+)['"]""", text(node), re.IGNORECASE)
    return found.group(1) if found else ""


RULES: dict[str, Rule] = {
    "namespace_definition": container("namespace", owner=False),
    "class_declaration": container("class"),
    "interface_declaration": container("interface"),
    "trait_declaration": container("trait"),
    "enum_declaration": container("enum"),
    "enum_case": Rule("enum_member", stop=(), value=("value",)),
    "method_declaration": leaf("method"),
    "function_definition": leaf("function"),
    "const_declaration": Rule(
        "constant", name=child("name"), stop=(), cut=_constant_end, split=of_type("const_element")
    ),
    "property_declaration": Rule(
        "field",
        name=_property,
        stop=(),
        value=("default_value",),
        split=of_type("property_element"),
    ),
    "function_call_expression": Rule("constant", name=_defined, stop=(), when=_defines),
    **each(
        ENTER,
        "declaration_list enum_declaration_list expression_statement if_statement"
        " compound_statement colon_block else_clause else_if_clause try_statement ERROR",
    ),
}

_MODIFIERS = r"(?:(?:public|private|protected|static|final|abstract|readonly)\s+)*"
_HEADERS = (
    header("class", rf"{_MODIFIERS}class\s+(?P<name>\w+)"),
    header("interface", r"interface\s+(?P<name>\w+)"),
    header("trait", r"trait\s+(?P<name>\w+)"),
    header("enum", r"enum\s+(?P<name>\w+)(?=\s*[:{])"),
    header("function", rf"{_MODIFIERS}function\s+&?(?P<name>\w+)(?=\s*\()"),
)

LANGUAGES = (
    Language(
        name="php",
        extensions=(".php", ".phtml", ".php5", ".inc"),
        rules=RULES,
        bodies=in_braces(rb"(?:[a-z]+\s+)*function\s+&?\w+\s*\([^{};]*"),
        headers=_HEADERS,
        notes=types("attribute_list"),
        trivia=re.compile(rb"//|/\*|#"),
    ),
)
