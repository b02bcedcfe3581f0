"""Prisma schemas."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import child, own
from ..tables import ENTER, Language, Rule, each, leaf

_NAME = child("identifier")


def _block(kind: str) -> Rule:
    """A named block; its fields are the block's own children."""
    return Rule(
        kind,
        name=_NAME,
        cut=lambda node: next((c.start_byte for c in node.children if c.type == "{"), None),
        via=lambda node: [node],
        owner=True,
    )


def _is_member(node: Node) -> bool:
    before = node.prev_sibling
    return before is not None and before.type in ("identifier", "{")


RULES: dict[str, Rule] = {
    "model_block": _block("class"),
    "view_block": _block("class"),
    "composite_type_block": _block("type"),
    "enum_block": _block("enum"),
    "key_value_block": Rule("section", name=_NAME, cut=_block("").cut),
    "model_field": leaf("field", name=_NAME, stop=()),
    # The members of an enum are bare words, as is the name of every block.
    "identifier": Rule("enum_member", name=own, stop=(), when=_is_member),
    **each(ENTER, "ERROR"),
}

LANGUAGES = (
    Language(
        name="prisma", extensions=(".prisma",), rules=RULES, trivia=re.compile(rb"//"), tail="{"
    ),
)
