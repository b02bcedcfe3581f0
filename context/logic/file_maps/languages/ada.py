"""Ada."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import itself, matching
from ..tables import ENTER, WRAP, Language, Rule, each, leaf, types

_ROUTINE = matching(r"(?i)\b(?:procedure|function|entry)\s+([\w.]+|\"[^\"]+\")")
_UNIT = matching(r"(?i)\b(?:package|task|protected)\s+(?:body\s+|type\s+)?([\w.]+)")
_DECLARED = matching(r"(?i)^(?:type|subtype)\s+(\w+)")
_OBJECT = matching(r"^(\w+)\s*(?:,[^:]*)?:")


def _unit(kind: str) -> Rule:
    return Rule(kind, name=_UNIT, stop=(), stop_types=types("is"), via=itself)


def _specification(node: Node) -> int | None:
    """After the specification that a body begins with."""
    found = next((c for c in node.children if c.type.endswith("_specification")), None)
    return found.end_byte if found is not None else None


def _declared(node: Node) -> list[Node]:
    """What a program declares: all of it is in one procedure. Others have locals."""
    outer = node.parent
    if outer is None or outer.type != "compilation_unit":
        return []
    return [c for c in node.children if c.type == "non_empty_declarative_part"]


_FUNCTION = Rule("function", name=_ROUTINE, cut=_specification, stop=())

RULES: dict[str, Rule] = {
    "package_declaration": _unit("namespace"),
    "package_body": _unit("impl"),
    **each(
        _unit("class"),
        "task_body protected_body single_task_declaration"
        " single_protected_declaration task_type_declaration protected_type_declaration",
    ),
    "subprogram_body": Rule("function", name=_ROUTINE, cut=_specification, stop=(), via=_declared),
    **each(
        _FUNCTION,
        "subprogram_declaration expression_function_declaration"
        " null_procedure_declaration abstract_subprogram_declaration entry_declaration entry_body"
        " generic_subprogram_declaration",
    ),
    **each(
        leaf("type", name=_DECLARED, stop=()),
        "full_type_declaration subtype_declaration private_type_declaration"
        " private_extension_declaration incomplete_type_declaration",
    ),
    "object_declaration": leaf("constant", name=_OBJECT, stop=()),
    "number_declaration": leaf("constant", name=_OBJECT, stop=()),
    "exception_declaration": leaf("class", name=_OBJECT, stop=()),
    "generic_package_declaration": WRAP,
    **each(
        ENTER,
        "compilation_unit non_empty_declarative_part package_specification"
        " task_definition protected_definition ERROR",
    ),
}

LANGUAGES = (
    Language(
        name="ada",
        extensions=(".adb", ".ads"),
        rules=RULES,
        dropped=types("comment"),
        trivia=re.compile(rb"--"),
        tail_words=("is", "IS"),
    ),
)
