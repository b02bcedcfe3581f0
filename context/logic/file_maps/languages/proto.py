"""Protocol Buffers."""

from __future__ import annotations

import re

from ..naming import child
from ..tables import ENTER, Language, Rule, container, each, leaf, types

RULES: dict[str, Rule] = {
    "package": leaf("namespace", name=child("full_ident")),
    "message": container("struct", block="message_body", name=child("message_name")),
    "enum": container("enum", block="enum_body", name=child("enum_name")),
    "enum_field": leaf("enum_member", name=child("identifier")),
    **each(leaf("field", name=child("identifier")), "field map_field oneof_field"),
    "oneof": Rule(
        "field", name=child("identifier"), stop_types=types("{"), via=lambda node: [node]
    ),
    "service": Rule(
        "interface", name=child("service_name"), stop_types=types("{"), via=lambda node: [node]
    ),
    "rpc": Rule("method", name=child("rpc_name"), stop_types=types("{")),
    "extend": ENTER,
    "ERROR": ENTER,
}

LANGUAGES = (
    Language(name="proto", extensions=(".proto",), rules=RULES, trivia=re.compile(rb"//|/\*")),
)
