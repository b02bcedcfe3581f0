"""VHDL."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import itself, matching
from ..tables import ENTER, Language, Rule, each, header, leaf


def _after_names(node: Node) -> int | None:
    """After the name, or what an architecture belongs to."""
    named = next(filter(None, map(node.child_by_field_name, ("entity", "package", "name"))), None)
    return named.end_byte if named is not None else None


def _unit(kind: str) -> Rule:
    return Rule(kind, cut=_after_names, via=itself)


_PROTECTED = ("protected_type_declaration", "protected_type_body")


def _protected(node: Node) -> list[Node]:
    return [c for c in node.children if c.type in _PROTECTED]


def _is_protected(node: Node) -> bool:
    return bool(_protected(node))


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
    "package_body": Rule("impl", name="package", cut=_after_names, via=itself),
    "component_declaration": leaf("class", cut=_after_names),
    **each(_ROUTINE, "function_body function_declaration procedure_body procedure_declaration"),
    "full_type_declaration": Rule(
        "class",
        cut=_after_names,
        via=_protected,
        when=_is_protected,
        otherwise=leaf("type", stop=()),
    ),
    "subtype_declaration": leaf("type", stop=()),
    "alias_declaration": leaf("type", name="designator", stop=()),
    "constant_declaration": Rule(
        "constant",
        not_in_callback=True,
        name=_CONSTANT,
        stop=(),
        stop_types=frozenset(("default_expression",)),
    ),
    "signal_declaration": leaf("variable", name=_CONSTANT, stop=()),
    # Test benches declare in a process; its constants are locals.
    "process_statement": Rule(callback=True),
    **each(
        ENTER,
        "design_unit declarative_part concurrent_statement_part block_statement"
        " generate_statement for_generate_statement if_generate_statement generate_body ERROR",
    ),
}

LANGUAGES = (
    Language(
        name="vhdl",
        extensions=(".vhd", ".vhdl"),
        rules=RULES,
        headers=(
            header("class", r"(?i:entity)\s+(?P<name>\w+)(?=\s+(?i:is)\b)"),
            header("impl", r"(?i:architecture\s+\w+\s+of)\s+(?P<name>\w+)"),
            header("namespace", r"(?i:package)\s+(?!(?i:body)\b)(?P<name>\w+)(?=\s+(?i:is)\b)"),
            header(
                "function",
                r"(?i:(?:im)?pure\s+)?(?i:function|procedure)\s+(?P<name>\w+|\"[^\"\n]+\")"
                r"(?=\s*(?:\(|$|;|(?i:is|return)\b))",
            ),
        ),
        trivia=re.compile(rb"--"),
    ),
)
