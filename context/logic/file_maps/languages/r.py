"""R."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import text, word
from ..tables import ENTER, Language, Rule, types

_ASSIGN = {"<-", "=", "<<-", ":="}
_CLASSES = {
    "setClass": "class",
    "setRefClass": "class",
    "R6Class": "class",
    "setGeneric": "function",
    "setMethod": "method",
    "setValidity": "method",
}


def _is_assignment(node: Node) -> bool:
    return any(c.type in _ASSIGN for c in node.children)


def _kind(node: Node, _owner: bool) -> str:
    right = node.child_by_field_name("rhs")
    if right is not None and right.type == "call":
        return _CLASSES.get(
            text(right.child_by_field_name("function")).rpartition(":")[2], "variable"
        )
    return "function" if right is not None and right.type == "function_definition" else "variable"


def _name(node: Node) -> str:
    return text(node.child_by_field_name("lhs")).strip("`\"'")


def _end(node: Node) -> int | None:
    right = node.child_by_field_name("rhs")
    if right is None:
        return None
    parameters = right.child_by_field_name("parameters")
    if right.type == "function_definition" and parameters is not None:
        return parameters.end_byte
    short = right.end_byte - right.start_byte <= 40 and right.child_count == 0
    operator = next((c for c in node.children if c.type in _ASSIGN), right)
    return right.end_byte if short else operator.start_byte


def _is_class_call(node: Node) -> bool:
    return text(node.child_by_field_name("function")) in _CLASSES


def _call_kind(node: Node, _owner: bool) -> str:
    return _CLASSES[text(node.child_by_field_name("function"))]


def _call_name(node: Node) -> str:
    found = re.match(r"\w+\(\s*(?:\w+\s*=\s*)?[\"']([^\"']+)[\"']", text(node, 300))
    return found.group(1) if found else ""


def _call_end(node: Node) -> int | None:
    """Up to the first argument that is not a plain string."""
    arguments = node.child_by_field_name("arguments")
    for argument in arguments.children if arguments is not None else []:
        value = argument.child_by_field_name("value")
        if value is not None and value.type != "string":
            return argument.start_byte
    return None


def _is_local(node: Node) -> bool:
    return word(node.child_by_field_name("function")) == b"local"


def _local_blocks(node: Node) -> list[Node]:
    """The braces in `local({ ... })`, where a file keeps what it does not hand out."""
    arguments = node.child_by_field_name("arguments")
    values = [c.child_by_field_name("value") for c in arguments.children] if arguments else []
    return [c for c in values if c is not None and c.type == "braced_expression"]


RULES: dict[str, Rule] = {
    "binary_operator": Rule(_kind, name=_name, cut=_end, when=_is_assignment, once=True),
    "call": Rule(
        _call_kind,
        name=_call_name,
        cut=_call_end,
        when=_is_class_call,
        otherwise=Rule(via=_local_blocks, when=_is_local),
    ),
    "if_statement": ENTER,
    "braced_expression": ENTER,
    "ERROR": ENTER,
}

LANGUAGES = (
    Language(
        name="r",
        extensions=(".R", ".r"),
        filenames=(".Rprofile",),
        rules=RULES,
        balance=True,
        dropped=types("comment"),
        trivia=re.compile(rb"#"),
    ),
)
