"""Bash and other shells of its kind."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..bodies import in_braces
from ..naming import text
from ..tables import ENTER, WRAP, Language, Rule, each, header, leaf, types


def _assignment_kind(node: Node, _owner: bool) -> str:
    return "constant" if text(node.child_by_field_name("name")).isupper() else "variable"


def _is_alias(node: Node) -> bool:
    return text(node.child_by_field_name("name")) == "alias"


def _alias(node: Node) -> str:
    found = re.match(r"alias (?:-\w+ )*([\w.:+-]+)=", text(node, 200))
    return found.group(1) if found else ""


RULES: dict[str, Rule] = {
    "function_definition": leaf("function"),
    "variable_assignment": Rule(_assignment_kind, stop=(), value=("value",), once=True),
    "declaration_command": WRAP,
    "command": leaf("constant", name=_alias, when=_is_alias),
    **each(
        ENTER,
        "if_statement else_clause elif_clause case_statement case_item list redirected_statement"
        " compound_statement ERROR",
    ),
}

LANGUAGES = (
    Language(
        name="bash",
        extensions=(".sh", ".bash", ".zsh", ".ksh", ".bats"),
        filenames=(".bashrc", ".bash_profile", ".profile", ".zshrc", ".zprofile", "PKGBUILD"),
        rules=RULES,
        bodies=in_braces(rb"(?:function\s+[\w.:+-]+\s*(?:\(\s*\))?|[\w.:+-]+\s*\(\s*\))"),
        headers=(
            header("function", r"function\s+(?P<name>[\w.:-]+)(?=\s*(?:\(\s*\)|\{))"),
            header("function", r"(?P<name>[\w.:-]+)\s*(?=\(\s*\)\s*(?:\{|$))"),
        ),
        trivia=re.compile(rb"#"),
        dropped=types("comment"),
        tail="{;=",
    ),
)
