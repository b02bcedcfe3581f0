"""CSS: selectors, custom properties, media and other blocks."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import child, text
from ..tables import ENTER, SIGNATURE, Language, Rule, container, each, leaf, types


def _is_custom(node: Node) -> bool:
    return child("property_name")(node).startswith("--")


def _holds_rules(node: Node) -> bool:
    return not text(node, 12).startswith(("@charset", "@import", "@use"))


RULES: dict[str, Rule] = {
    "rule_set": container("rule", block="block", name=SIGNATURE),
    "declaration": leaf("field", name=child("property_name"), when=_is_custom),
    "keyframes_statement": Rule(
        "rule", name=SIGNATURE, stop=(), stop_types=types("keyframe_block_list")
    ),
    **each(
        container("rule", block="block", name=SIGNATURE, when=_holds_rules),
        "media_statement supports_statement at_rule",
    ),
    "ERROR": ENTER,
}

LANGUAGES = (
    Language(
        name="css",
        extensions=(".css",),
        rules=RULES,
        trivia=re.compile(rb"/\*"),
        tail="{; ",
    ),
)
