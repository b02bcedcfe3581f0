"""Perl."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import matching, text
from ..tables import ENTER, Language, Rule, each, header, leaf, types


def _is_constant(node: Node) -> bool:
    return text(node.child_by_field_name("module")) == "constant"


def _names(node: Node) -> list[Node]:
    """The names in `use constant NAME => …` and `use constant {…}`."""
    holder = next((c for c in node.children if c.type.endswith("expression")), None)
    if holder is not None and holder.type == "anonymous_hash_expression":
        holder = next((c for c in holder.children if c.type == "list_expression"), None)
        return [c for c in holder.children if c.type == "autoquoted_bareword"] if holder else []
    return [c for c in holder.children if c.type == "autoquoted_bareword"][:1] if holder else []


def _constants(node: Node) -> list[Node]:
    return _names(node)


RULES: dict[str, Rule] = {
    "package_statement": leaf("namespace", stop_types=types("block"), member_types=types("block")),
    "subroutine_declaration_statement": leaf("function"),
    "method_declaration_statement": leaf("method"),
    "use_statement": Rule("constant", name=text, split=_constants, when=_is_constant, stop=()),
    "assignment_expression": ENTER,
    "variable_declaration": Rule(
        "variable",
        name=matching(r"(?:our|my|local)\s+([$@%]\w+)$"),
        stop=(),
        when=lambda node: text(node).startswith("our"),
    ),
    "class_statement": leaf("class", member_types=types("block")),
    **each(ENTER, "expression_statement block_statement phaser_statement block ERROR"),
}

LANGUAGES = (
    Language(
        name="perl",
        extensions=(".pl", ".pm", ".t", ".cgi"),
        rules=RULES,
        headers=(
            header("namespace", r"package\s+(?P<name>[\w:]+)"),
            header("function", r"sub\s+(?P<name>\w+)"),
        ),
        trivia=re.compile(rb"#"),
        dropped=types("comment pod"),
        tail="{;,= ",
        tail_words=("=>",),
    ),
)
