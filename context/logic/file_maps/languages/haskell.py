"""Haskell."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import path, text
from ..tables import ENTER, SIGNATURE, Language, Rule, container, each, leaf, types


def _signature_kind(node: Node, _owner: bool) -> str:
    found = node.child_by_field_name("type")
    words = text(node)
    is_function = (found is not None and found.type == "function") or "->" in words
    return "function" if is_function else "constant"


def _constructor(node: Node) -> str:
    inner = node.child_by_field_name("constructor") or node.child_by_field_name("name")
    return text(inner.child_by_field_name("name") or inner) if inner is not None else ""


def _constructors(node: Node) -> list[Node]:
    found = node.child_by_field_name("constructors")
    return [found] if found is not None else []


def _pattern_name(node: Node) -> str:
    found = re.match(r"pattern (\w+)", text(node))
    return found[1] if found else ""


def _newtype_fields(node: Node) -> list[Node]:
    """The record in `newtype N = N {unN :: T}`, whose field is what others use."""
    inner = node.child_by_field_name("constructor")
    record = inner.child_by_field_name("field") if inner is not None else None
    return [record] if record is not None and record.type == "record" else []


def _record_fields(node: Node) -> list[Node]:
    inner = node.child_by_field_name("constructor")
    found = inner.child_by_field_name("fields") if inner is not None else None
    return [found] if found is not None else []


def _before_fields(node: Node) -> int | None:
    fields = _record_fields(node)
    return fields[0].start_byte if fields else None


RULES: dict[str, Rule] = {
    "header": leaf("namespace", name=path("module"), stop=("exports", "where")),
    "type_synomym": leaf("type"),
    "data_type": Rule("type", stop=("constructors", "deriving"), via=_constructors, owner=True),
    "data_constructor": Rule(
        "enum_member", name=_constructor, cut=_before_fields, via=_record_fields, owner=True
    ),
    "newtype": leaf("type", via=_newtype_fields, owner=True),
    "field": leaf("field", name=lambda node: text(node).partition("::")[0].strip()),
    "pattern_synonym": leaf("function", name=_pattern_name, stop_types=types("where")),
    "class": container("interface", "declarations"),
    "instance": container("impl", "declarations", name=SIGNATURE),
    # The signature comes first and says more: equations of the same name are left out.
    "signature": Rule(_signature_kind, "method", stop=(), once=True),
    "function": Rule("function", "method", stop=("match", "binds"), once=True),
    "bind": Rule("constant", "field", path("name"), stop=("match", "binds"), once=True),
    "type_family": leaf("type"),
    "foreign_import": leaf("function", name=path("signature", "name")),
    **each(ENTER, "declarations class_declarations instance_declarations ERROR"),
}

LANGUAGES = (
    Language(
        name="haskell",
        extensions=(".hs", ".lhs"),
        rules=RULES,
        dropped=types("comment haddock"),
        trivia=re.compile(rb"--|\{-"),
        tail="{=;, ",
        tail_words=("where",),
    ),
)
