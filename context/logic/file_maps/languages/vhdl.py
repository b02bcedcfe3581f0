"""VHDL."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import itself, matching
from ..tables import ENTER, Language, Rule, each, leaf


def _after_names(node: Node) -> int | None:
    """After the name, or what an architecture belongs to."""
    named = node.child_by_field_name("entity") or node.child_by_field_name("name")
    return named.end_byte if named is not None else None


def _unit(kind: str) -> Rule:
    return Rule(kind, cut=_after_names, via=itself)


_ROUTINE = Rule(
    "function",
    name="designator",
    stop=(),
    stop_types=frozenset(("is", "declarative_part", "sequence_of_statements")),
)
_CONSTANT = matching(r"^(?:shared\s+)?\w+\s+(\w+)")

RULES: dict[str, Rule] = {
    "entity_declaration": leaf("class", cut=_after_names),
    "architecture_body": _unit("impl"),
    "package_declaration": _unit("namespace"),
    "package_body": _unit("impl"),
    "component_declaration": leaf("class", cut=_after_names),
    **each(_ROUTINE, "function_body function_declaration procedure_body procedure_declaration"),
    **each(leaf("type", stop=()), "full_type_declaration subtype_declaration"),
    "constant_declaration": Rule(
        "constant", name=_CONSTANT, stop=(), stop_types=frozenset(("default_expression",))
    ),
    "signal_declaration": leaf("variable", name=_CONSTANT, stop=()),
    **each(ENTER, "design_unit declarative_part ERROR"),
}

LANGUAGES = (
    Language(
        name="vhdl",
        extensions=(".vhd", ".vhdl"),
        rules=RULES,
        trivia=re.compile(rb"--"),
    ),
)
