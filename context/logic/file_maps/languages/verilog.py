"""Verilog and SystemVerilog."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..bodies import to_end
from ..naming import child, itself, matching
from ..tables import ENTER, WRAP, Language, Rule, each, header, leaf, modifier, types

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


def _brace(node: Node) -> Node | None:
    """Where the members of an enum or a struct begin."""
    inner = next((c for c in node.children if c.type == "data_type"), None)
    return next((c for c in inner.children if c.type == "{"), None) if inner else None


def _before_members(node: Node) -> int | None:
    brace = _brace(node)
    return brace.start_byte if brace is not None else None


def _after_members(node: Node) -> str:
    return f" {_last_name(node)}" if _brace(node) is not None else ""


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
    "type_declaration": Rule(
        "type", name=_last_name, cut=_before_members, ending=_after_members, stop=()
    ),
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

# Calls of macros as statements, which no grammar can know, but no directives.
_MACRO_LINE = re.compile(
    rb"^[ \t]*`(?!(?:define|undef|if|ifn?def|elsif|else|endif|include|timescale|resetall"
    rb"|default_nettype|pragma|line)\b)\w+(?:[ \t]*\([^`;]{0,2000}?\))?[ \t]*;?[ \t]*$",
    re.MULTILINE,
)


def _prepare(source: bytes) -> bytes:
    if b"`" not in source:
        return source
    return _MACRO_LINE.sub(lambda found: re.sub(rb"[^\n]", b" ", found[0]), source)


_QUALIFIERS = "virtual static automatic protected local extern pure forkjoin"
_ROUTINE_HEADER = rf"{modifier(_QUALIFIERS)}*(?:function|task)\b[^;\n()]{{0,200}}?"
_HEADERS = (
    header("class", rf"{modifier('virtual')}?class\s+(?P<name>\w+)(?=\s*[;#]|\s+extends)"),
    header("namespace", r"(?:module|package|program)\s+(?P<name>\w+)(?=\s*[;#(]|\s+import)"),
    header("interface", r"interface\s+(?P<name>\w+)(?=\s*[;#(])"),
    header("function", rf"{_ROUTINE_HEADER}(?P<name>\w+)(?=\s*[(;])"),
    header("type", r"typedef\s+class\s+(?P<name>\w+)"),
)

LANGUAGES = (
    Language(
        name="verilog",
        extensions=(".v", ".vh", ".sv", ".svh"),
        rules=RULES,
        prepare=_prepare,
        bodies=to_end(
            rb"(?:(?:virtual|static|automatic|protected|local) )*(?:function|task)\b[^;]{0,1000};"
            rb"[ \t]*(?=\r?\n)",
            closing=rb"end(?:function|task)\b",
        ),
        headers=_HEADERS,
        dropped=types("comment"),
        trivia=re.compile(rb"//|/\*"),
    ),
)
