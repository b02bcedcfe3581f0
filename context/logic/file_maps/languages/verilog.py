"""Verilog and SystemVerilog."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import child, itself, matching
from ..tables import ENTER, WRAP, Language, Rule, each, leaf, types

_MODULE = (
    r"^(?:macro)?(?:module|interface|program|package|checker)\s+(?:automatic\s+|static\s+)?(\w+)"
)


def _holder(kind: str, pattern: str = _MODULE) -> Rule:
    """A definition with members, whose signature goes to its first semicolon."""
    return Rule(kind, name=matching(pattern), cut=_to_semicolon, via=itself, owner=kind == "class")


def _to_semicolon(node: Node) -> int | None:
    """Where a header ends: before a semicolon of the node's own, or after its last header."""
    end = None
    for part in node.children:
        if part.type == ";":
            return part.start_byte
        if part.type.endswith("_header"):
            end = part.end_byte
    return end


def _last_name(node: Node) -> str:
    names = [c for c in node.children if c.type == "simple_identifier"]
    return child("simple_identifier")(node) if len(names) == 1 else ""


_ROUTINE = Rule(
    "function",
    "method",
    child("function_identifier", "task_identifier"),
    cut=_to_semicolon,
)

RULES: dict[str, Rule] = {
    "module_declaration": _holder("namespace"),
    "interface_declaration": _holder("interface"),
    "package_declaration": _holder("namespace"),
    "program_declaration": _holder("namespace"),
    "class_declaration": _holder("class", r"\bclass\s+(?:automatic\s+|static\s+)?(\w+)"),
    **each(WRAP, "function_declaration task_declaration class_method"),
    "function_body_declaration": _ROUTINE,
    "task_body_declaration": _ROUTINE,
    "class_constructor_declaration": Rule("constructor", name=lambda _: "new", cut=_to_semicolon),
    "type_declaration": leaf("type", name=_last_name, stop=()),
    "class_property": leaf(
        "field", name=matching(r"(\w+)\s*(?:\[[^\]]*\]\s*)*(?:=.*)?;$"), stop=()
    ),
    **each(
        leaf("constant", name=matching(r"(\w+)\s*(?:\[[^\]]*\]\s*)*="), stop=()),
        "local_parameter_declaration parameter_declaration",
    ),
    "text_macro_definition": leaf("macro", name=matching(r"`define\s+(\w+)"), stop=("text",)),
    **each(
        ENTER,
        "module_or_generate_item package_or_generate_item_declaration interface_or_generate_item"
        " non_port_module_item class_item data_declaration generate_region generate_block"
        " program_item ERROR",
    ),
}

LANGUAGES = (
    Language(
        name="verilog",
        extensions=(".v", ".vh", ".sv", ".svh"),
        rules=RULES,
        dropped=types("comment"),
        trivia=re.compile(rb"//|/\*"),
    ),
)
