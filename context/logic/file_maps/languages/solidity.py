"""Solidity."""

from __future__ import annotations

import re

from ..naming import own
from ..tables import ENTER, Language, Rule, container, each, leaf

RULES: dict[str, Rule] = {
    "contract_declaration": container("class"),
    "interface_declaration": container("interface"),
    "library_declaration": container("namespace"),
    "function_definition": leaf("function", "method"),
    "modifier_definition": leaf("method"),
    "constructor_definition": leaf("constructor", name=lambda _node: "constructor"),
    "fallback_receive_definition": leaf("method", name=lambda node: own(node).split("(")[0]),
    "state_variable_declaration": Rule("field", stop=(), value=("value",)),
    "constant_variable_declaration": Rule("constant", stop=(), value=("value",)),
    "enum_declaration": container("enum"),
    "enum_value": leaf("enum_member", name=own),
    "struct_declaration": container("struct"),
    "struct_member": leaf("field"),
    **each(leaf("type"), "event_definition error_declaration user_defined_type_definition"),
    "ERROR": ENTER,
}

LANGUAGES = (
    Language(name="solidity", extensions=(".sol",), rules=RULES, trivia=re.compile(rb"//|/\*")),
)
