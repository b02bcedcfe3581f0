"""GDScript."""

from __future__ import annotations

import re

from ..tables import Language, Rule, container, each, leaf, types

RULES: dict[str, Rule] = {
    "class_name_statement": leaf("class", stop=()),
    "class_definition": container("class"),
    "signal_statement": leaf("event", stop=()),
    "enum_definition": Rule(
        "enum",
        stop_types=types("enumerator_list"),
        member_types=types("enumerator_list"),
        owner=True,
    ),
    "enumerator": Rule("enum_member", name="left", stop=()),
    "const_statement": Rule("constant", "field", stop=(), value=("value",)),
    **each(
        Rule("variable", "field", stop=("setget",), value=("value",)),
        "variable_statement export_variable_statement onready_variable_statement",
    ),
    "function_definition": leaf("function", "method"),
    "constructor_definition": leaf("method", name=lambda _node: "_init"),
}

LANGUAGES = (
    Language(
        name="gdscript",
        extensions=(".gd",),
        rules=RULES,
        notes=types("annotations annotation"),
        trivia=re.compile(rb"[#@]"),
    ),
)
