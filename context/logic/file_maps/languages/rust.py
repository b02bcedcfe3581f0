"""Rust."""

from __future__ import annotations

import re

from ..bodies import in_braces
from ..tables import ENTER, SIGNATURE, Language, Rule, container, each, header, leaf, types

RULES: dict[str, Rule] = {
    **each(leaf("function", "method"), "function_item function_signature_item"),
    **each(Rule("constant", stop=(), value=("value",)), "const_item"),
    "static_item": Rule("variable", stop=(), value=("value",)),
    "type_item": leaf("type"),
    "associated_type": leaf("type"),
    "struct_item": container("struct", block="field_declaration_list", stop=(), owner=True),
    "union_item": container("union", block="field_declaration_list", stop=()),
    "enum_item": container("enum"),
    "enum_variant": Rule("enum_member", stop=(), stop_types=types("field_declaration_list")),
    "field_declaration": leaf("field"),
    "trait_item": container("trait"),
    "impl_item": container(
        "impl", name=SIGNATURE, stop=(), stop_types=types("where_clause declaration_list")
    ),
    "mod_item": container("namespace", owner=False),
    "macro_definition": Rule("macro", stop=(), stop_types=types("macro_rule ( { [")),
    "foreign_mod_item": ENTER,
    "declaration_list": ENTER,
    "ERROR": ENTER,
}

_VISIBLE = r"(?:pub(?:\([^)\n]*\))?\s+)?"
_HEADERS = (
    header(
        "function",
        rf"{_VISIBLE}(?:(?:default|const|async|unsafe|extern(?:\s+\"[^\"\n]*\")?)\s+)*fn\s+(?P<name>\w+)",
    ),
    header("struct", rf"{_VISIBLE}struct\s+(?P<name>\w+)"),
    header("enum", rf"{_VISIBLE}enum\s+(?P<name>\w+)"),
    header("trait", rf"{_VISIBLE}(?:unsafe\s+)?trait\s+(?P<name>\w+)"),
    header("namespace", rf"{_VISIBLE}mod\s+(?P<name>\w+)(?=\s*\{{)"),
)
# What Cargo reads in a script, before the code.
_FRONT_MATTER = re.compile(
    rb"(?:#![^\n\[]*\n)?\s*(-{3,40})[^\n]*\n.*?\n\1[ \t]*(?=\n|\Z)", re.DOTALL
)


def _without_front_matter(source: bytes) -> bytes:
    found = _FRONT_MATTER.match(source)
    return re.sub(rb"[^\n]", b" ", found[0]) + source[found.end() :] if found else source


LANGUAGES = (
    Language(
        name="rust",
        extensions=(".rs",),
        rules=RULES,
        prepare=_without_front_matter,
        bodies=in_braces(rb"(?:[^\n{}/]*\s)?fn\s+\w[^{}]*"),
        headers=_HEADERS,
        dropped=types("line_comment block_comment attribute_item"),
        trivia=re.compile(rb"//|/\*|#\["),
    ),
)
