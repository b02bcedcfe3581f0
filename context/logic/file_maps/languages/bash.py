"""Bash and other shells of its kind."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..bodies import in_braces
from ..naming import text
from ..tables import ENTER, Language, Rule, each, header, leaf, types


def _assignment_kind(node: Node, _owner: bool) -> str:
    return "constant" if text(node.child_by_field_name("name")).isupper() else "variable"


def _is_kept(node: Node) -> bool:
    """No local of a function that the grammar does not see."""
    return not text(node, 6).startswith("local")


def _plain_name(node: Node) -> str:
    return text(node.child_by_field_name("name")).partition('"')[0]


def _is_alias(node: Node) -> bool:
    return text(node.child_by_field_name("name")) == "alias"


def _alias(node: Node) -> str:
    found = re.match(r"alias (?:-\w+ )*([\w.:+-]+)=", text(node, 200))
    return found.group(1) if found else ""


_NAME = r"[^\s(){}\[\]'\"$;|&<>=#`\\]+"
# Zsh lets a part of a name be computed.
_SUFFIX = r"(?:\"\$\{[^\"\n]*\}\")?"
_COMPUTED = re.compile(
    rb"^([ \t]*(?:function[ \t]+)?[\w.:+-]+)(\"\$\{[^\"\n]*\}\")(?=[ \t]*\()", re.MULTILINE
)


def _prepare(source: bytes) -> bytes:
    return _COMPUTED.sub(lambda found: found[1] + b"_" * len(found[2]), source)


RULES: dict[str, Rule] = {
    "function_definition": leaf("function", name=_plain_name),
    "variable_assignment": Rule(_assignment_kind, stop=(), value=("value",), once=True),
    "declaration_command": Rule(wrap=True, when=_is_kept),
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
        prepare=_prepare,
        # Braces in expansions and patterns need not add up.
        bodies=in_braces(
            rf"(?:function\s+{_NAME}{_SUFFIX}\s*(?:\(\s*\))?|{_NAME}{_SUFFIX}\s*\(\s*\))".encode(),
            uneven=re.compile(rb""),
        ),
        headers=(
            header("function", rf"function\s+(?P<name>{_NAME}){_SUFFIX}(?=\s*(?:\(\s*\)|\{{))"),
            header("function", rf"(?P<name>{_NAME}){_SUFFIX}\s*(?=\(\s*\)\s*(?:\{{|$))"),
        ),
        # What Zsh writes in expansions makes the grammar take code for a string.
        texts=("heredoc", "comment"),
        trivia=re.compile(rb"#"),
        dropped=types("comment"),
        tail="{;=",
    ),
)
