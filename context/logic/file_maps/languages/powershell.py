"""PowerShell."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import assigned, child, matching, text
from ..tables import ENTER, Language, Rule, each, header, leaf, types

_SIMPLE = child("simple_name")


def _inside(node: Node) -> list[Node]:
    return [node]


def _value(node: Node) -> list[Node]:
    return [c for c in node.children if c.type == "pipeline"]


def _is_variable(node: Node) -> bool:
    return text(node, 1) == "$" and not text(node, 7).startswith(("$null ", "$null="))


RULES: dict[str, Rule] = {
    "function_statement": Rule("function", name=child("function_name"), stop_types=types("{")),
    "class_statement": Rule("class", name=_SIMPLE, stop_types=types("{"), via=_inside, owner=True),
    "enum_statement": Rule("enum", name=_SIMPLE, stop_types=types("{"), via=_inside),
    "enum_member": leaf("enum_member", name=_SIMPLE),
    "class_property_definition": Rule(
        "field", name=lambda node: child("variable")(node).lstrip("$"), cut=assigned("=")
    ),
    "class_method_definition": Rule("method", name=_SIMPLE, stop_types=types("{")),
    "assignment_expression": Rule(
        "variable",
        name=matching(r"^\$(?:\w+:)?(\w+)\s*="),
        stop=("value",),
        via=_value,
        once=True,
        when=_is_variable,
        not_in_callback=True,
        otherwise=Rule(via=_value),
    ),
    # Blocks handed to a command, such as those of tests: variables in them are locals.
    "script_block_expression": Rule(callback=True),
    **each(
        ENTER,
        "statement_list pipeline if_statement statement_block else_clause pipeline_chain command"
        " command_elements array_literal_expression unary_expression script_block"
        " script_block_body ERROR",
    ),
}

LANGUAGES = (
    Language(
        name="powershell",
        extensions=(".ps1", ".psm1", ".psd1"),
        rules=RULES,
        headers=(
            header("function", r"(?i:function|filter)\s+(?P<name>[\w:-]+)(?=\s*[({])"),
            header("class", r"(?i:class)\s+(?P<name>\w+)(?=\s*[:{])"),
            header("enum", r"(?i:enum)\s+(?P<name>\w+)(?=\s*\{)"),
        ),
        trivia=re.compile(rb"#"),
    ),
)
