"""Fortran, free and fixed form."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import matching, of_type, text
from ..tables import ENTER, Language, NodesOf, Rule, each, leaf, types

# The line that begins a unit is a node of its own; it alone is the signature.
_HEADS = types(
    "module_statement submodule_statement program_statement derived_type_statement"
    " interface_statement function_statement subroutine_statement module_procedure_statement"
)
_NAMES = types("name type_name module_name operator")


def _head(node: Node) -> Node | None:
    return next((c for c in node.children if c.type in _HEADS), None)


def _name(node: Node) -> str:
    head = _head(node)
    return text(next((c for c in head.children if c.type in _NAMES), None)) if head else ""


def _end(node: Node) -> int | None:
    head = _head(node)
    return head.end_byte if head is not None else None


_ITSELF: NodesOf = lambda node: [node]  # noqa: E731 - one line in a table


def _unit(kind: str, *, owner: bool = False) -> Rule:
    return Rule(kind, name=_name, cut=_end, via=_ITSELF, owner=owner)


RULES: dict[str, Rule] = {
    **each(_unit("namespace"), "module submodule program"),
    "interface": _unit("interface"),
    "derived_type_definition": _unit("struct", owner=True),
    **each(Rule("function", name=_name, cut=_end), "function subroutine module_procedure"),
    "variable_declaration": Rule(
        "variable",
        "field",
        matching(r"(\w+)"),
        stop=(),
        split=of_type("identifier", "init_declarator", "sized_declarator"),
    ),
    "procedure_statement": leaf("method", name=matching(r"(?:::|procedure)\s*(\w+)"), stop=()),
    **each(
        ENTER,
        "internal_procedures derived_type_procedures preproc_ifdef preproc_if preproc_else"
        " preproc_elif ERROR",
    ),
}

LANGUAGES = (
    Language(
        name="fortran",
        extensions=(".f90", ".F90", ".f95", ".f03", ".f08", ".f", ".F", ".for"),
        rules=RULES,
        trivia=re.compile(rb"!"),
        tail=";,&",
    ),
)
