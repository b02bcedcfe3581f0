"""Python."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..bodies import by_indent
from ..naming import matching, own
from ..tables import ENTER, WRAP, Language, Rule, container, each, header, leaf, types


def _targets(node: Node) -> list[Node]:
    left = node.child_by_field_name("left")
    if left is None:
        return []
    if left.type in ("pattern_list", "tuple_pattern"):
        return [c for c in left.children if c.type == "identifier"]
    return [left] if left.type == "identifier" else []


_COMMENT_LINES = re.compile(rb"^[ \t]*#.*$", re.MULTILINE)
_LARGE = 48_000


def _blank_comments(source: bytes) -> bytes:
    """Blank whole-line comments of large files.

    The grammar reads all following comment lines again at each of them, which takes
    seconds for a few thousand lines in a row.
    """
    if len(source) < _LARGE:
        return source
    return _COMMENT_LINES.sub(lambda found: b" " * len(found[0]), source)


RULES: dict[str, Rule] = {
    "class_definition": container("class"),
    "function_definition": leaf("function", "method"),
    "decorated_definition": WRAP,
    "type_alias_statement": leaf("type", name=matching(r"type (\w+)"), stop=(), value=("right",)),
    "assignment": Rule(
        "constant", "field", own, stop=(), value=("right",), split=_targets, once=True
    ),
    **each(
        ENTER,
        "block expression_statement if_statement elif_clause else_clause try_statement"
        " except_clause except_group_clause finally_clause with_statement match_statement"
        " case_clause ERROR",
    ),
}

_HEADERS = (
    header("class", r"class\s+(?P<name>\w+)(?=\s*[(:])"),
    header("function", r"(?:async\s+)?def\s+(?P<name>\w+)(?=\s*\()"),
)

# One line, or one parameter a line.
_DEF = (
    rb"(?:async )?def \w+(?:[^\n]*"
    rb"|\([ \t]*\r?\n(?:(?P=indent)[ \t]+[^ \t\n][^\n]*\n){1,40}(?P=indent)\)[^\n]*):"
)

LANGUAGES = (
    Language(
        name="python",
        extensions=(".py", ".pyi", ".pyw"),
        filenames=("SConstruct", "SConscript", "wscript"),
        rules=RULES,
        headers=_HEADERS,
        callables=types("lambda"),
        notes=types("decorator"),
        dull_notes=re.compile(r"@(typing\.)?override\b"),
        prepare=_blank_comments,
        bodies=by_indent(_DEF, b"0"),
        trivia=re.compile(rb"[#@]"),
    ),
)
