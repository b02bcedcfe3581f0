"""OCaml, implementations and interfaces."""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from ..naming import child, text
from ..tables import ENTER, WRAP, Language, Rule, container, each, leaf, types


def _binding_kind(node: Node, _owner: bool) -> str:
    body = node.child_by_field_name("body")
    has_parameter = any(c.type == "parameter" for c in node.children)
    is_function = body is not None and body.type in ("fun_expression", "function_expression")
    return "function" if has_parameter or is_function else "constant"


def _is_named(node: Node) -> bool:
    pattern = node.child_by_field_name("pattern")
    if pattern is None or text(pattern) == "_":
        return False
    return pattern.type in ("value_name", "parenthesized_operator")


def _object_bodies(node: Node) -> list[Node]:
    """The object that a constant holds; one that a function makes is part of its body."""
    body = node.child_by_field_name("body")
    if body is None or _binding_kind(node, False) == "function":
        return []
    while body.type in _AROUND_OBJECTS and body.named_child_count:
        body = body.named_children[0]
    return [body] if body.type == "object_expression" else []


def _before(opening: str, field: str) -> Callable[[Node], int | None]:
    """Signatures end before the members that a type in this field lists."""

    def cut(node: Node) -> int | None:
        found = node.child_by_field_name(field)
        while found is not None and found.type != opening:
            found = next((c for c in reversed(found.children) if c.type in _TYPES), None)
        return found.start_byte if found is not None else None

    return cut


def _type_kind(node: Node, _owner: bool) -> str:
    body = node.child_by_field_name("body")
    kinds = {"record_declaration": "struct", "variant_declaration": "enum"}
    return kinds.get(body.type, "type") if body is not None else "type"


_AROUND_OBJECTS = types("parenthesized_expression typed_expression")
# Types of modules and classes that list members, or are written around such a type.
_TYPES = types(
    "signature functor_type module_type_constraint parenthesized_module_type class_body_type"
    " class_function_type"
)
_BINDING = Rule(
    _binding_kind,
    name="pattern",
    stop=(),
    value=("body",),
    when=_is_named,
    via=_object_bodies,
    owner=True,
)

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
    # With a signature and a structure both are listed: what is seen, and how it is made.
    "module_binding": container(
        "namespace",
        name=child("module_name"),
        owner=False,
        cut=_before("signature", "module_type"),
        members=("module_type", "body"),
    ),
    "module_type_definition": container("interface", name=child("module_type_name"), owner=False),
    **each(WRAP, "class_definition class_type_definition"),
    "class_binding": container(
        "class",
        name=child("class_name"),
        cut=_before("class_body_type", "class_type"),
        members=("class_type", "body"),
    ),
    "class_type_binding": container("interface", name=child("class_type_name")),
    "method_definition": leaf("method", name=child("method_name")),
    "method_specification": leaf("method", name=child("method_name")),
    "instance_variable_definition": leaf("field", name=child("instance_variable_name")),
    **each(ENTER, "structure signature object_expression include_module include_module_type ERROR"),
    # What is written around structures and signatures: functors, their arguments, types.
    **each(
        ENTER,
        "module_application parenthesized_module_expression typed_module_expression functor"
        " functor_type module_type_constraint parenthesized_module_type class_body_type"
        " class_function_type class_function",
    ),
}


def _dialect(name: str, extensions: tuple[str, ...]) -> Language:
    return Language(
        name=name,
        extensions=extensions,
        rules=RULES,
        trivia=re.compile(rb"\(\*"),
        tail="{=;:, ",
        tail_words=("->",),
        balance=True,
    )


LANGUAGES = (_dialect("ocaml", (".ml",)), _dialect("ocaml_interface", (".mli",)))
