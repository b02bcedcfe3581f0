"""TypeScript, with and without JSX."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import text
from ..script_calls import CALLABLES
from ..tables import ENTER, SIGNATURE, WRAP, Language, Rule, container, each, header, leaf, types
from .javascript import BODIES
from .javascript import HEADERS as JAVASCRIPT_HEADERS
from .javascript import RULES as JAVASCRIPT


def _module_name(node: Node) -> str:
    return text(node.child_by_field_name("name")).strip("\"'")


def _index(node: Node) -> str:
    return text(node).partition("]")[0].removeprefix("readonly ") + "]"


RULES: dict[str, Rule] = {
    **JAVASCRIPT,
    **each(WRAP, "ambient_declaration"),
    **each(leaf("function"), "function_signature"),
    **each(container("class"), "abstract_class_declaration"),
    **each(leaf("method"), "method_signature abstract_method_signature"),
    **each(leaf("method", name=SIGNATURE), "call_signature construct_signature"),
    **each(Rule("field", stop=(), value=("value",)), "public_field_definition property_signature"),
    "index_signature": leaf("field", name=_index),
    "interface_declaration": container("interface"),
    "interface_body": ENTER,
    "type_alias_declaration": Rule("type", stop=(), value=("value",)),
    "enum_declaration": container("enum"),
    "property_identifier": Rule("enum_member", name="", stop=()),
    "enum_assignment": Rule("enum_member", stop=(), value=("value",)),
    **each(container("namespace", name=_module_name, owner=False), "module internal_module"),
}


_EXPORT = r"(?:export\s+(?:default\s+)?)?(?:declare\s+)?"
_HEADERS = (
    *JAVASCRIPT_HEADERS,
    header("interface", rf"{_EXPORT}interface\s+(?P<name>[\w$]+)"),
    header("enum", rf"{_EXPORT}(?:const\s+)?enum\s+(?P<name>[\w$]+)(?=\s*\{{)"),
    header("type", rf"{_EXPORT}type\s+(?P<name>[\w$]+)(?=\s*(?:<[^\n]*>\s*)?=)"),
    header("namespace", rf"{_EXPORT}(?:namespace|module)\s+(?P<name>[\w$]+)(?=\s*\{{)"),
)


def _dialect(name: str, extensions: tuple[str, ...], grammars: tuple[str, ...]) -> Language:
    return Language(
        name=name,
        extensions=extensions,
        grammars=grammars,
        rules=RULES,
        bodies=BODIES,
        headers=_HEADERS,
        callables=CALLABLES | {"class"},
        notes=types("decorator"),
        trivia=re.compile(rb"//|/\*|@"),
        tail_words=("=>",),
    )


LANGUAGES = (
    _dialect("typescript", (".ts", ".mts", ".cts"), ("typescript", "tsx")),
    _dialect("tsx", (".tsx", ".jsx"), ("tsx",)),
)
