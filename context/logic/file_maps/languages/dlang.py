"""D."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import child, itself, matching
from ..tables import ENTER, Language, Rule, each, leaf, types

_NAME = child("identifier")


def _holder(kind: str) -> Rule:
    return Rule(
        kind, name=_NAME, stop=(), stop_types=types("aggregate_body {"), via=_body, owner=True
    )


def _body(node: Node) -> list[Node]:
    return [c for c in node.children if c.type == "aggregate_body"]


_BODY = types("function_body")

RULES: dict[str, Rule] = {
    "module_declaration": leaf("namespace", name=child("module_fqn"), stop=()),
    "class_declaration": _holder("class"),
    "struct_declaration": _holder("struct"),
    "interface_declaration": _holder("interface"),
    "union_declaration": _holder("union"),
    "enum_declaration": Rule("enum", name=_NAME, stop=(), stop_types=types("{"), via=itself),
    "enum_member": leaf("enum_member", name=_NAME, stop=()),
    "function_declaration": Rule("function", "method", _NAME, (), _BODY),
    "auto_declaration": leaf("variable", "field", matching(r"(\w+)\s*="), stop=()),
    "constructor": Rule("constructor", name=lambda _: "this", stop=(), stop_types=_BODY),
    "destructor": Rule("method", name=lambda _: "~this", stop=(), stop_types=_BODY),
    "template_declaration": Rule("type", name=_NAME, stop=(), stop_types=types("{"), via=itself),
    "alias_declaration": leaf(
        "type", name=matching(r"\balias\s+(?:[^=;]*\s)?(\w+)\s*(?:\([^)]*\)\s*)?[=;]"), stop=()
    ),
    "manifest_constant": leaf("constant", name=matching(r"(\w+)\s*="), stop=()),
    "variable_declaration": leaf("variable", "field", matching(r"(\w+)\s*(?:=.*)?;$"), stop=()),
    **each(
        ENTER, "module_def attribute_declaration conditional_declaration declaration_block ERROR"
    ),
}

LANGUAGES = (
    Language(
        name="d",
        extensions=(".d", ".di"),
        rules=RULES,
        dropped=types("comment"),
        trivia=re.compile(rb"//|/\*|/\+"),
    ),
)
