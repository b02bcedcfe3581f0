"""Pascal and Delphi."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..naming import matching, own
from ..tables import ENTER, Language, Rule, each, header, leaf, types

_HEADER = matching(r"(?i)\b(?:function|procedure|constructor|destructor|operator)\s+([\w.]+)")
_CLASSES = {"declClass": "class", "declIntf": "interface", "declHelper": "extension"}


def _value(node: Node) -> Node | None:
    found = node.child_by_field_name("type")
    if found is not None and found.type == "type" and found.children:
        return found.children[0]
    return found


def _kind(node: Node, _owner: bool) -> str:
    value = _value(node)
    if value is None:
        return "type"
    if value.type == "declEnum":
        return "enum"
    is_record = any(c.type == "kRecord" for c in value.children)
    return "struct" if is_record else _CLASSES.get(value.type, "type")


def _members(node: Node) -> list[Node]:
    value = _value(node)
    return [value] if value is not None and value.type in (*_CLASSES, "declEnum") else []


def _end(node: Node) -> int | None:
    """After what a class inherits from; other types are shown as a whole."""
    value = _value(node)
    if value is None or value.type not in (*_CLASSES, "declEnum"):
        return None
    if value.type == "declEnum":
        return value.start_byte
    for part in value.children:
        if part.type.startswith("decl") or part.type in ("kEnd", "guid"):
            return part.start_byte
    return value.end_byte


def _header(node: Node) -> list[Node]:
    """A body's header; those of methods were listed with their class."""
    found = node.child_by_field_name("header")
    return [found] if found is not None and "." not in _HEADER(found) else []


RULES: dict[str, Rule] = {
    "moduleName": leaf("namespace", name=own, stop=()),
    "declType": Rule(_kind, cut=_end, via=_members, owner=True),
    "declProc": Rule("function", "method", _HEADER, stop=()),
    "defProc": Rule(visit=_header),
    "declConst": Rule("constant", stop=("defaultValue",)),
    "declVar": leaf("variable", stop=()),
    "declField": leaf("field", stop=()),
    "declProp": leaf("field", stop=()),
    "declEnumValue": leaf("enum_member", stop=()),
    **each(
        ENTER,
        "unit program library interface implementation declTypes declConsts declVars declSection"
        " declLabels ERROR",
    ),
}

LANGUAGES = (
    Language(
        name="pascal",
        extensions=(".pas", ".pp", ".dpr", ".lpr"),
        rules=RULES,
        dropped=types("comment"),
        headers=(
            header(
                "function",
                r"(?i:class\s+)?(?i:function|procedure|constructor|destructor|operator)\s+"
                r"(?P<name>[\w.]+)(?=\s*[(:;])",
            ),
        ),
        trivia=re.compile(rb"//|\{|\(\*"),
        tail=":=;,",
    ),
)
