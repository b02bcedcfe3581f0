"""Nix: the attributes of the first two levels, and functions with their arguments."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import assigned, path
from ..tables import ENTER, Language, Rule, each

_SETS = ("attrset_expression", "rec_attrset_expression")


def _value(node: Node) -> Node | None:
    return node.child_by_field_name("expression")


def _is_function(node: Node) -> bool:
    value = _value(node)
    return value is not None and value.type == "function_expression"


def _end(node: Node) -> int | None:
    value = _value(node)
    body = value.child_by_field_name("body") if value is not None else None
    return body.start_byte if body is not None else None


def _set(node: Node) -> list[Node]:
    value = _value(node)
    return [value] if value is not None and value.type in _SETS else []


RULES: dict[str, Rule] = {
    "binding": Rule(
        "function",
        name=path("attrpath"),
        cut=_end,
        when=_is_function,
        otherwise=Rule("field", name=path("attrpath"), cut=assigned("="), via=_set),
    ),
    **each(
        ENTER,
        "function_expression let_expression attrset_expression rec_attrset_expression binding_set"
        " with_expression assert_expression ERROR",
    ),
}

LANGUAGES = (
    Language(
        name="nix",
        extensions=(".nix",),
        rules=RULES,
        trivia=re.compile(rb"#|/\*"),
        max_depth=1,
    ),
)
