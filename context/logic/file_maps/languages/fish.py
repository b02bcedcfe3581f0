"""Fish."""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from ..naming import matching, text
from ..tables import ENTER, Language, Rule, each, leaf


def _header_end(node: Node) -> int | None:
    """After the name and the options."""
    ends = [
        child.end_byte
        for position, child in enumerate(node.children)
        if node.field_name_for_child(position) in ("name", "option")
    ]
    return max(ends, default=None)


def _starts(pattern: str) -> Callable[[Node], bool]:
    compiled = re.compile(pattern)
    return lambda node: compiled.match(text(node, 200)) is not None


RULES: dict[str, Rule] = {
    "function_definition": Rule("function", cut=_header_end),
    "command": Rule(
        "variable",
        name=matching(r"^set\s+(?:-\S+\s+)*(\w+)"),
        stop=(),
        once=True,
        when=_starts(r"set (?:-\S*[gUx]\S*|--(?:global|universal|export)) "),
        otherwise=leaf(
            "constant",
            name=matching(r"^(?:alias|abbr)\s+(?:-\S+\s+)*([\w.:+-]+)"),
            stop=(),
            when=_starts(r"(?:alias|abbr) "),
        ),
    ),
    **each(ENTER, "if_statement else_clause else_if_clause begin_statement ERROR"),
}

LANGUAGES = (Language(name="fish", extensions=(".fish",), rules=RULES, trivia=re.compile(rb"#")),)
