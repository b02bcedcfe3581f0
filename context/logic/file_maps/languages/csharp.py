"""C#."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..bodies import in_braces
from ..naming import inner_of_type, text
from ..tables import (
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

_DECLARATORS = inner_of_type("variable_declaration", "variable_declarator")


def _first_name(node: Node) -> str:
    name = node.child_by_field_name("name") or (node.children[0] if node.children else None)
    return text(name)


def _declarator_end(node: Node) -> int | None:
    """The name ends where an initial value begins."""
    for child in node.children:
        if child.type in ("=", "equals_value_clause"):
            return child.start_byte
    return None


def _operator(node: Node) -> str:
    """`operator +`: the word and the symbol after it."""
    words = [text(c) for c in node.children]
    at = words.index("operator") if "operator" in words else -1
    return f"operator {words[at + 1]}" if 0 <= at < len(words) - 1 else "operator"


def _conversion(node: Node) -> str:
    return f"operator {text(node.child_by_field_name('type'))}"


_FIELD = Rule("field", name=_first_name, stop=(), cut=_declarator_end, split=_DECLARATORS)
RULES: dict[str, Rule] = {
    "namespace_declaration": container("namespace", owner=False),
    "file_scoped_namespace_declaration": leaf("namespace"),
    "class_declaration": container("class"),
    "struct_declaration": container("struct"),
    "interface_declaration": container("interface"),
    "enum_declaration": container("enum"),
    **each(container("record"), "record_declaration record_struct_declaration"),
    "enum_member_declaration": Rule("enum_member", stop=(), value=("value",)),
    "delegate_declaration": leaf("type"),
    "method_declaration": leaf("method"),
    "constructor_declaration": leaf("constructor", stop_types=types("constructor_initializer")),
    "destructor_declaration": leaf(
        "method", name=lambda n: "~" + text(n.child_by_field_name("name"))
    ),
    "operator_declaration": leaf("method", name=_operator),
    "conversion_operator_declaration": leaf("method", name=_conversion),
    "property_declaration": leaf("property", stop=("accessors", "value")),
    "indexer_declaration": leaf("property", name=lambda _n: "this", stop=("accessors", "value")),
    "event_declaration": leaf("field", stop=("accessors", "value")),
    **each(_FIELD, "field_declaration event_field_declaration"),
    "global_statement": ENTER,
    "local_function_statement": leaf("function"),
    **each(
        ENTER,
        "declaration_list preproc_if preproc_else preproc_elif preproc_region"
        " preproc_if_in_top_level ERROR",
    ),
}

_MODIFIER = modifier(
    "public private protected internal static virtual override abstract sealed async extern unsafe"
    " new partial readonly ref file"
)
_HEADERS = (
    *type_headers(rf"{_MODIFIER}*", "class struct interface enum"),
    header("record", rf"{_MODIFIER}+record\s+(?:class\s+|struct\s+)?(?P<name>\w+)"),
    header(
        "method",
        rf"{_MODIFIER}+(?:[\w.]+(?:<[\w.<>,\[\]? ]*>|\[[\],]*|\?)*\s+|\([\w.<>,\[\]? ]*\)\s+)?"
        r"(?P<name>\w+)(?:<[\w, ]+>)?\s*(?=\()",
    ),
)
# `async` where it is a name: the grammar knows only the keyword.
_NAMED_ASYNC = re.compile(rb"\basync(?=\s*(?:[),;.?:|&\]}]|[=!]=|=[^>]|=>))")


def _prepare(source: bytes) -> bytes:
    return _NAMED_ASYNC.sub(b"asyn_", source) if b"async" in source else source


LANGUAGES = (
    Language(
        name="csharp",
        extensions=(".cs", ".csx"),
        rules=RULES,
        prepare=_prepare,
        bodies=in_braces(
            rb"(?!(?:[^(]*\s)?(?:new|class|record|struct|enum|interface|where)\b|:)"
            rb"(?:[\w.<>,?\[\]:]+\s+)+[\w.]+(?:<[\w, ]*>)?\s*\([^{};]*\)(?:\s*where\s[^{}]*)?"
        ),
        headers=_HEADERS,
        notes=types("attribute_list"),
        dull_notes=re.compile(
            r"\[(assembly|return|Serializable|Pure|MethodImpl|DebuggerStepThrough|Nullable"
            r"|SuppressMessage|EditorBrowsable|System\.)"
        ),
        trivia=re.compile(rb"//|/\*|\["),
        tail_words=("=>",),
    ),
)
