"""Swift."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..bodies import in_braces
from ..naming import fields, keyword, own, path, text
from ..tables import ENTER, Language, Rule, container, each, leaf, types


def _declared(node: Node) -> str:
    """The type a declaration introduces or extends, without type arguments."""
    return text(node.child_by_field_name("name")).split("<")[0].strip()


def _function_name(node: Node) -> str:
    name = text(node.child_by_field_name("name"))
    if re.fullmatch(r"`?\w+`?", name):
        parts = node.children
        after = [parts[i + 1] for i, c in enumerate(parts[:-1]) if c.type == "func"]
        # Operators are not in the name field, which then is the result type.
        return name if not after or after[0].is_named else text(after[0])
    found = re.search(r"\bfunc\s+([^\s(<]+|<\S*)\s*[(<]", text(node, 400))
    return found.group(1) if found else name


RULES: dict[str, Rule] = {
    "class_declaration": container(
        keyword(
            {
                "struct": "struct",
                "enum": "enum",
                "extension": "impl",
                "actor": "class",
                "class": "class",
            },
            "class",
        ),
        name=_declared,
    ),
    "protocol_declaration": container("interface"),
    "enum_entry": Rule("enum_member", "", own, stop=(), split=fields("name")),
    **each(
        Rule("function", "method", _function_name),
        "function_declaration protocol_function_declaration",
    ),
    "init_declaration": leaf("constructor", name=lambda _node: "init"),
    "deinit_declaration": leaf("method", name=lambda _node: "deinit"),
    "subscript_declaration": Rule(
        "property", name=lambda _node: "subscript", stop_types=types("computed_property")
    ),
    "property_declaration": Rule(
        "constant",
        "field",
        path("name"),
        stop=("computed_value",),
        value=("value",),
        stop_types=types("willset_didset_block"),
    ),
    "protocol_property_declaration": Rule(
        "property",
        name=path("name", "bound_identifier"),
        stop=(),
        stop_types=types("protocol_property_requirements"),
    ),
    "associatedtype_declaration": leaf("type"),
    "typealias_declaration": leaf("type"),
    **each(ENTER, "if_config if_config_declaration ERROR"),
}

LANGUAGES = (
    Language(
        name="swift",
        extensions=(".swift",),
        rules=RULES,
        bodies=in_braces(rb"(?:[^\n{}=/]*\s)?(?:func\s+\S|init[?!]?\s*[(<]|deinit)[^{}]*"),
        callables=types("lambda_literal"),
        dropped=types("comment multiline_comment"),
        notes=types("attribute"),
        dull_notes=re.compile(r"@(discardableResult|inlinable|usableFromInline|objc|available)\b"),
        trivia=re.compile(rb"//|/\*|@"),
    ),
)
