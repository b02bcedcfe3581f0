"""Elixir: definitions are calls of macros."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import says, text, word
from ..tables import ENTER, Language, Rule, each, types

_MODULES = {"defmodule": "namespace", "defprotocol": "interface", "defimpl": "impl"}
_DEFINITIONS = {
    "def": "function",
    "defp": "function",
    "defmacro": "macro",
    "defmacrop": "macro",
    "defguard": "macro",
    "defguardp": "macro",
    "defdelegate": "function",
    "defn": "function",
    "defnp": "function",
    "defstruct": "struct",
    "defexception": "struct",
    "defrecord": "record",
    "field": "field",
    "belongs_to": "field",
    "has_many": "field",
    "has_one": "field",
    "embeds_one": "field",
    "embeds_many": "field",
    "many_to_many": "field",
}
_ATTRIBUTES = {"type": "type", "typep": "type", "opaque": "type", "callback": "function"}


def _macro(node: Node) -> str:
    return word(node.child_by_field_name("target")).decode("utf-8", "replace")


def _first(node: Node) -> Node | None:
    for part in node.children:
        if part.type == "arguments":
            return part.named_child(0)
    return None


def _name(node: Node) -> str:
    first = _first(node)
    if _macro(node) in ("defstruct", "defexception"):
        return "__struct__"
    while first is not None and first.type == "binary_operator":
        left = first.child_by_field_name("left")
        operator = text(first.child_by_field_name("operator"))
        if operator not in ("when", "\\\\", "::"):
            return operator
        first = left
    if first is not None and first.type == "call":
        return text(first.child_by_field_name("target"))
    return text(first).lstrip(":")


def _implementation(node: Node) -> str:
    return re.sub(r"^defimpl\s+", "", text(node).partition(" do ")[0])[:100].rstrip(",")


def _module_name(node: Node) -> str:
    return _implementation(node) if _macro(node) == "defimpl" else text(_first(node))


def _end(node: Node) -> int | None:
    """A definition ends before its block, in either of its two spellings."""
    for part in node.children:
        if part.type == "do_block":
            return part.start_byte
        if part.type == "arguments":
            for argument in part.named_children:
                if argument.type == "keywords" and text(argument).startswith("do:"):
                    return argument.start_byte
    return node.end_byte


def _attribute(node: Node) -> Node | None:
    operand = node.child_by_field_name("operand")
    return operand if operand is not None and operand.type == "call" else None


def _attribute_kind(node: Node, _owner: bool) -> str:
    operand = _attribute(node)
    return _ATTRIBUTES.get(_macro(operand), "") if operand is not None else ""


def _attribute_name(node: Node) -> str:
    operand = _attribute(node)
    return _name(operand) if operand is not None else ""


_HOLDS_FUNCTION = says(r"\bfn\b")


def _blocks(node: Node) -> list[Node]:
    """The block of a call, and the functions among its arguments."""
    blocks: list[Node] = []
    functions: list[Node] = []
    for part in node.children:
        if part.type == "do_block":
            blocks.append(part)
        elif part.type == "arguments" and _HOLDS_FUNCTION(part):
            functions += [c for c in part.children if c.type == "anonymous_function"]
    return blocks + functions


def _quoted(node: Node) -> list[Node]:
    """What a macro defines in the module that uses it."""
    blocks = (c for c in node.children if c.type == "do_block")
    calls = (call for block in blocks for call in block.children if call.type == "call")
    return [body for call in calls if _macro(call) == "quote" for body in _blocks(call)]


RULES: dict[str, Rule] = {
    "call": Rule(
        lambda node, _owner: _MODULES[_macro(node)],
        name=_module_name,
        cut=_end,
        member_types=types("do_block"),
        owner=True,
        when=lambda node: _macro(node) in _MODULES,
        otherwise=Rule(
            lambda node, _owner: _DEFINITIONS[_macro(node)],
            name=_name,
            cut=_end,
            via=_quoted,
            when=lambda node: _macro(node) in _DEFINITIONS,
            # Tests, schemas and other small languages: their blocks may define modules.
            otherwise=Rule(via=_blocks),
        ),
    ),
    "unary_operator": Rule(
        _attribute_kind,
        name=_attribute_name,
        stop=(),
        when=lambda node: _attribute(node) is not None,
    ),
    # Modules that tests define in functions or match on.
    **each(ENTER, "arguments anonymous_function stab_clause body binary_operator ERROR"),
}

LANGUAGES = (
    Language(
        name="elixir",
        extensions=(".ex", ".exs"),
        rules=RULES,
        trivia=re.compile(rb"#"),
        tail=";,",
    ),
)
