"""Nim."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import assigned, itself, matching
from ..tables import ENTER, Language, Rule, each, leaf, types

_NAME = matching(r"^(?:\w+\s+)?(`[^`]+`|\w+)")
_ROUTINE = Rule("function", name=_NAME, cut=assigned("="), stop=())
_FIELDS = ("enum_declaration", "field_declaration_list")
_TYPE = matching(r"^(`[^`]+`|\w+)")


def _before_fields(node: Node) -> int | None:
    """Before the members, which lie up to three levels further in."""
    level = [node]
    for _ in range(4):
        found = next((c for c in level if c.type in _FIELDS), None)
        if found is not None:
            return (
                found.children[0].end_byte if found.type == "enum_declaration" else found.start_byte
            )
        level = [c for n in level for c in n.children]
    return None


RULES: dict[str, Rule] = {
    **each(
        _ROUTINE,
        "proc_declaration func_declaration method_declaration iterator_declaration"
        " converter_declaration",
    ),
    **each(Rule("macro", name=_NAME, cut=assigned("=")), "template_declaration macro_declaration"),
    "type_declaration": Rule(
        "type",
        name=_TYPE,
        stop=(),
        cut=_before_fields,
        via=itself,
        owner=True,
    ),
    "enum_field_declaration": leaf("enum_member", name=_TYPE, stop=()),
    "field_declaration": leaf("field", name=_TYPE, stop=()),
    "variable_declaration": Rule("constant", name=_TYPE, cut=assigned("="), stop=()),
    **each(
        ENTER,
        "type_section const_section var_section let_section enum_declaration object_declaration"
        " ref_type pointer_type field_declaration_list when_statement when elif_branch else_branch"
        " conditional_declaration statement_list ERROR",
    ),
}

LANGUAGES = (
    Language(
        name="nim",
        extensions=(".nim", ".nims", ".nimble"),
        rules=RULES,
        dropped=types("comment block_comment documentation_comment"),
        trivia=re.compile(rb"#"),
    ),
)
