"""Julia."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import text
from ..tables import ENTER, WRAP, Language, Rule, each, types

_NAME = re.compile(r"(?:[\w.!]+\.)?([\w!]+|[^\s\w(]+)")


def _head(node: Node) -> str:
    return text(node.named_children[0]) if node.named_children else ""


def _name(node: Node) -> str:
    found = _NAME.match(_head(node))
    return found.group(0) if found else ""


def _signature_end(node: Node) -> int | None:
    return node.named_children[0].end_byte if node.named_children else None


def _is_definition(node: Node) -> bool:
    left = node.named_children[0] if node.named_children else None
    if left is not None and left.type in ("typed_expression", "where_expression"):
        left = left.named_children[0] if left.named_children else None
    return left is not None and left.type in ("call_expression", "identifier")


def _is_function(node: Node) -> bool:
    return "(" in _head(node)


def _blocks(node: Node) -> list[Node]:
    return [c for c in node.children if c.type == "block"]


_FUNCTION = Rule("function", name=_name, cut=_signature_end)

RULES: dict[str, Rule] = {
    "module_definition": Rule(
        "namespace", stop=("name",), cut=lambda n: n.named_children[0].end_byte, via=_blocks
    ),
    "function_definition": _FUNCTION,
    "macro_definition": Rule("macro", name=_name, cut=_signature_end),
    "struct_definition": Rule("struct", name=_name, cut=_signature_end, via=_blocks, owner=True),
    "abstract_definition": Rule("type", name=_name, cut=_signature_end),
    "primitive_definition": Rule("type", name=_name, cut=_signature_end),
    "typed_expression": Rule("field", name=_name, stop=()),
    "const_statement": WRAP,
    "assignment": Rule(
        "function",
        name=_name,
        cut=_signature_end,
        when=lambda node: _is_definition(node) and _is_function(node),
        once=True,
        otherwise=Rule(
            "constant",
            name=_name,
            cut=_signature_end,
            when=_is_definition,
            not_in_callback=True,
            once=True,
        ),
    ),
    # Blocks handed to a call, such as those of tests: variables in them are locals.
    **each(Rule(callback=True), "do_clause for_statement let_statement"),
    **each(
        ENTER,
        "macrocall_expression macro_argument_list if_statement compound_statement call_expression"
        " try_statement block ERROR",
    ),
}

LANGUAGES = (
    Language(
        name="julia",
        extensions=(".jl",),
        rules=RULES,
        dropped=types("line_comment block_comment"),
        trivia=re.compile(rb"#"),
    ),
)
