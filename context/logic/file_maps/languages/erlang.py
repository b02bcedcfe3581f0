"""Erlang."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import path, text
from ..tables import ENTER, Language, Rule, each, leaf, types


def _clause(node: Node) -> Node | None:
    return node.child_by_field_name("clause")


def _function(node: Node) -> str:
    clause = _clause(node)
    return text(clause.child_by_field_name("name")) if clause is not None else ""


def _head(node: Node) -> int | None:
    clause = _clause(node)
    body = clause.child_by_field_name("body") if clause is not None else None
    return body.start_byte if body is not None else None


RULES: dict[str, Rule] = {
    "module_attribute": leaf("namespace"),
    "pp_define": Rule("macro", name=path("lhs", "name"), stop=(), value=("replacement",)),
    "record_decl": Rule("record", stop=()),
    **each(leaf("type", name=path("name", "name")), "type_alias opaque"),
    "callback": leaf("function", name="fun"),
    # Every clause is a declaration of its own to the grammar: the first one is listed.
    "fun_decl": Rule("function", name=_function, cut=_head, once=True),
    "ERROR": ENTER,
}

LANGUAGES = (
    Language(
        name="erlang",
        extensions=(".erl", ".hrl", ".escript"),
        rules=RULES,
        balance=True,
        dropped=types("comment"),
        trivia=re.compile(rb"%"),
        tail="{=;,. ",
        tail_words=("->",),
    ),
)
