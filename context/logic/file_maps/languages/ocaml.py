"""OCaml, implementations and interfaces."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import child
from ..tables import ENTER, WRAP, Language, Rule, container, each, leaf


def _binding_kind(node: Node, _owner: bool) -> str:
    body = node.child_by_field_name("body")
    has_parameter = any(c.type == "parameter" for c in node.children)
    is_function = body is not None and body.type in ("fun_expression", "function_expression")
    return "function" if has_parameter or is_function else "constant"


def _is_named(node: Node) -> bool:
    pattern = node.child_by_field_name("pattern")
    return pattern is not None and pattern.type in ("value_name", "parenthesized_operator")


def _type_kind(node: Node, _owner: bool) -> str:
    body = node.child_by_field_name("body")
    kinds = {"record_declaration": "struct", "variant_declaration": "enum"}
    return kinds.get(body.type, "type") if body is not None else "type"


_BINDING = Rule(_binding_kind, name="pattern", stop=(), value=("body",), when=_is_named)

RULES: dict[str, Rule] = {
    "value_definition": WRAP,
    "let_binding": _BINDING,
    "value_specification": leaf("function", name=child("value_name", "parenthesized_operator")),
    "external": leaf("function", name=child("value_name", "parenthesized_operator")),
    "type_definition": WRAP,
    "type_binding": container(_type_kind),
    "field_declaration": leaf("field", name=child("field_name")),
    "exception_definition": WRAP,
    "constructor_declaration": leaf("enum_member", name=child("constructor_name")),
    "module_definition": WRAP,
    "module_binding": container("namespace", name=child("module_name"), owner=False),
    "module_type_definition": container("interface", name=child("module_type_name"), owner=False),
    **each(WRAP, "class_definition class_type_definition"),
    "class_binding": container("class", name=child("class_name")),
    "method_definition": leaf("method", name=child("method_name")),
    "method_specification": leaf("method", name=child("method_name")),
    "instance_variable_definition": leaf("field", name=child("instance_variable_name")),
    **each(ENTER, "structure signature object_expression include_module include_module_type ERROR"),
}


def _dialect(name: str, extensions: tuple[str, ...]) -> Language:
    return Language(
        name=name,
        extensions=extensions,
        rules=RULES,
        trivia=re.compile(rb"\(\*"),
        tail="{=;, ",
    )


LANGUAGES = (_dialect("ocaml", (".ml",)), _dialect("ocaml_interface", (".mli",)))
