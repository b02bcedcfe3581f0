"""Objective-C."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..bodies import DIRECTIVES, in_braces
from ..declarators import declared_name
from ..naming import child, text
from ..preprocessor import without_macro_lines
from ..tables import ENTER, SIGNATURE, Rule, each, leaf, types
from .c import HEADER as C_HEADER
from .c import RULES as C
from .c import family


def _selector(node: Node) -> str:
    """`find:with:` for methods with arguments, `save` without."""
    parts = node.children
    name = ""
    for position, part in enumerate(parts):
        if part.type == "identifier":
            takes = position + 1 < len(parts) and parts[position + 1].type == "method_parameter"
            name += text(part) + (":" if takes else "")
    return name


def _property(node: Node) -> str:
    declared = next((c for c in node.children if c.type == "struct_declaration"), None)
    found = (
        next((c for c in declared.children if c.type == "struct_declarator"), None)
        if (declared)
        else None
    )
    return declared_name(found.children[0]).strip("*") if found and found.children else ""


_ENUM = re.compile(
    rb"\btypedef\s+[A-Z]+_(?:CLOSED_|ERROR_)?(?:ENUM|OPTIONS)\s*\((?:[\w\s]+,)?\s*(\w+)\s*\)"
)
_MACRO = re.compile(
    rb"^[A-Z][A-Z0-9_]+(?:[ \t]*\([^()\n]*\))?(?=\s*@(?:interface|protocol|implementation)\b)",
    re.MULTILINE,
)
# After a method or a property.
_TRAILING = re.compile(
    rb"^([-+@][^;{}\n]{0,400}?)"
    rb"((?:[ \t]+[A-Z][A-Z0-9]{0,40}_[A-Z0-9_]{1,60}(?:\([^(){};\n]{0,400}\))?){1,6})(?=[ \t]*;)",
    re.MULTILINE,
)


def _prepared(source: bytes) -> bytes:
    """Without macros around declarations, and `typedef NS_ENUM(NSInteger, X)` as `enum X`."""
    source = _MACRO.sub(lambda found: b" " * len(found[0]), without_macro_lines(source))
    source = _TRAILING.sub(lambda found: found[1] + b" " * len(found[2]), source)
    return _ENUM.sub(_plain_enum, source) + b"\n"


def _plain_enum(found: re.Match[bytes]) -> bytes:
    before = found.start(1) - found.start()
    return b"enum".ljust(before) + found[1] + b" " * (found.end() - found.end(1))


def _itself(node: Node) -> list[Node]:
    return [node]


RULES: dict[str, Rule] = {
    **C,
    "protocol_declaration": Rule(
        "interface",
        name=child("identifier"),
        stop_types=types(
            "method_declaration property_declaration qualified_protocol_interface_declaration @end"
        ),
        via=_itself,
        owner=True,
    ),
    "class_interface": Rule(
        "class",
        name=child("identifier"),
        stop_types=types("method_declaration property_declaration instance_variables { @end"),
        via=_itself,
        owner=True,
    ),
    "class_implementation": Rule(
        "impl",
        name=SIGNATURE,
        stop_types=types("implementation_definition { @end"),
        via=_itself,
        owner=True,
    ),
    **each(ENTER, "implementation_definition qualified_protocol_interface_declaration"),
    "method_declaration": leaf("method", name=_selector),
    "method_definition": Rule("method", name=_selector, stop_types=types("compound_statement")),
    "property_declaration": leaf("field", name=_property),
}

_bodies = in_braces(rb"(?:[-+][ \t]*\([^{};]*|" + C_HEADER + rb")", uneven=DIRECTIVES)

LANGUAGES = (family("objc", (".m", ".mm"), RULES, prepare=_prepared, bodies=_bodies),)
