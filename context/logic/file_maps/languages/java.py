"""Java."""

from __future__ import annotations

import re

from ..bodies import in_braces
from ..naming import fields
from ..tables import (
    ANNOTATION,
    ENTER,
    Language,
    Rule,
    container,
    each,
    header,
    leaf,
    modifier,
    type_headers,
    types,
)

_FIELD = Rule("field", stop=(), value=("value",), split=fields("declarator"))

RULES: dict[str, Rule] = {
    "class_declaration": container("class"),
    "interface_declaration": container("interface"),
    "enum_declaration": container("enum"),
    "record_declaration": container("record"),
    "annotation_type_declaration": container("annotation"),
    "enum_constant": container("enum_member"),
    "method_declaration": leaf("method"),
    **each(leaf("constructor"), "constructor_declaration compact_constructor_declaration"),
    "annotation_type_element_declaration": leaf("method", stop=("value",)),
    **each(_FIELD, "field_declaration constant_declaration"),
    **each(ENTER, "enum_body_declarations ERROR"),
}

_MODIFIER = modifier(
    "public private protected static final abstract sealed non-sealed synchronized native default"
    " strictfp",
    ANNOTATION,
)
_HEADERS = (
    *type_headers(rf"{_MODIFIER}*", "class interface enum"),
    header("record", rf"{_MODIFIER}*record\s+(?P<name>\w+)(?=\s*[(<])"),
    header("annotation", rf"{_MODIFIER}*@interface\s+(?P<name>\w+)"),
    header(
        "method",
        rf"{_MODIFIER}+(?:<[^()\n]*>\s*)?(?:[\w.]+(?:<[^()\n]*>)?(?:\[\])*\s+)?(?P<name>\w+)\s*(?=\()",
    ),
)

LANGUAGES = (
    Language(
        name="java",
        extensions=(".java",),
        rules=RULES,
        bodies=in_braces(
            rb"(?:@[\w.]+(?:\([^(){}]*\))?\s+)*"
            rb"(?!(?:[^(]*\s)?(?:new|class|record|enum|interface|return|else)\s)(?:[\w.<>,?&\[\]]+\s+)+\w+\s*\([^{};]*\)"
            rb"(?:\s*throws\s[\w\s.,]+)?"
        ),
        headers=_HEADERS,
        notes=types("marker_annotation annotation"),
        dull_notes=re.compile(
            r"@(Override|SuppressWarnings|SafeVarargs|NonNull|Nullable|NotNull)\b"
        ),
        trivia=re.compile(rb"//|/\*|@"),
        tail_words=("default",),
    ),
)
