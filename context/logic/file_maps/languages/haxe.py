"""Haxe."""

from __future__ import annotations

import re

from ..tables import ENTER, Language, Rule, container, each, leaf

RULES: dict[str, Rule] = {
    "class_declaration": container("class"),
    "interface_declaration": container("interface"),
    "function_declaration": leaf("function", "method"),
    "variable_declaration": leaf("variable", "field", stop=()),
    "typedef_declaration": leaf("type", stop=()),
    **each(ENTER, "ERROR"),
}

LANGUAGES = (
    Language(name="haxe", extensions=(".hx",), rules=RULES, trivia=re.compile(rb"//|/\*|@")),
)
