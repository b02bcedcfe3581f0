"""Thrift."""

from __future__ import annotations

import re

from ..naming import child, itself, matching
from ..tables import ENTER, Language, Rule, each, leaf, types

_NAME = matching(r"^\w+\s+(\w+)")


def _block(kind: str, *, owner: bool = True) -> Rule:
    return Rule(kind, name=_NAME, stop=(), stop_types=types("{"), via=itself, owner=owner)


RULES: dict[str, Rule] = {
    "namespace_declaration": leaf("namespace", name=child("namespace"), stop=()),
    "const_definition": leaf("constant", name=child("identifier"), stop=()),
    "typedef_definition": leaf("type", name=child("typedef_identifier"), stop=()),
    "enum_definition": Rule("enum", name=_NAME, stop=(), stop_types=types("{")),
    "struct_definition": _block("struct"),
    "union_definition": _block("union"),
    "exception_definition": _block("class"),
    "service_definition": _block("interface"),
    "field": leaf("field", name=child("identifier"), stop=()),
    "function_definition": leaf("method", name=child("identifier"), stop=()),
    **each(ENTER, "ERROR"),
}

LANGUAGES = (
    Language(
        name="thrift",
        extensions=(".thrift",),
        rules=RULES,
        trivia=re.compile(rb"//|/\*|#"),
    ),
)
