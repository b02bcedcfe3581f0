"""Gleam."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import path
from ..tables import ENTER, Language, Rule, each, leaf, types


def _constructors(node: Node) -> list[Node]:
    return [c for c in node.children if c.type == "data_constructors"]


def _type_name(node: Node) -> str:
    holder = next((c for c in node.children if c.type == "type_name"), None)
    return path("name")(holder) if holder is not None else ""


RULES: dict[str, Rule] = {
    "type_definition": Rule(
        "type", name=_type_name, stop=(), stop_types=types("{"), via=_constructors, owner=True
    ),
    "type_alias": leaf("type", name=_type_name, stop=()),
    "data_constructor": leaf("enum_member", stop=()),
    "constant": Rule("constant", stop=(), value=("value",)),
    "function": leaf("function"),
    **each(ENTER, "ERROR"),
}

LANGUAGES = (
    Language(name="gleam", extensions=(".gleam",), rules=RULES, trivia=re.compile(rb"//")),
)
