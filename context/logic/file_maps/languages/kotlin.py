"""Kotlin."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..bodies import in_braces
from ..naming import assigned, child, keyword
from ..tables import (
    ANNOTATION,
    ENTER,
    Language,
    Rule,
    container,
    header,
    leaf,
    modifier,
    type_headers,
    types,
)

_BODIES = "class_body enum_class_body"


def _property_name(node: Node) -> str:
    declared = next((c for c in node.children if c.type == "variable_declaration"), None)
    if declared is None:
        return ""
    return child("simple_identifier")(declared)


def _object_bodies(node: Node) -> list[Node]:
    """The body of an object without a class that a property holds."""
    objects = (c for c in node.children if c.type == "object_literal")
    return [body for held in objects for body in held.children if body.type == "class_body"]


def _is_named(node: Node) -> bool:
    return any(c.type == "type_identifier" for c in node.children)


_CONSTRUCTOR = re.compile(
    rb"(\bclass\s+\w+(?:<[^<>{}]*>)?)"
    rb"(\s{0,200}\n\s{0,200}(?:/\*(?:[^*]|\*(?!/)){0,2000}\*/\s{0,200})?"
    rb"(?:@[\w.:]+(?:\([^()]*\))?\s*)*(?:(?:internal|private|protected|public)\s+)?)"
    rb"(?=constructor\b)"
)


# Strings with several dollars, and context parameters in front of a function.
_DOLLARS = re.compile(rb"\$\$+(?=\")")
_CONTEXT = re.compile(rb"^[ \t]*context\([^()\n]*\)", re.MULTILINE)
# A class that is delegated to a variable: the grammar takes its body for an argument of that.
_DELEGATED = re.compile(
    rb"(\b(?:class|object)\b[^{}]{0,500}?:\s*[^{}=\n]{0,200}?)(\bby\s+\w+)(?=\s*\{)"
)
_OPEN_RANGE = re.compile(rb"\.\.<")


def _blank(found: re.Match[bytes]) -> bytes:
    return b" " * len(found[0])


def _blank_second(found: re.Match[bytes]) -> bytes:
    """The first group as it is, the second without its words; a comment stays one."""
    before, opening, comment = found[2].partition(b"/*")
    inside, closing, _ = comment.partition(b"*/")
    kept = opening + inside.replace(b"\n", b" ") + closing
    return found[1] + (b" " * len(before) + kept).ljust(len(found[2]))


def _prepare(source: bytes) -> bytes:
    """What the grammar does not know: newer syntax, and primary constructors on own lines."""
    if b"constructor" in source:
        source = _CONSTRUCTOR.sub(_blank_second, source)
    if b" by " in source:
        source = _DELEGATED.sub(_blank_second, source)
    if b"$$" in source:
        source = _DOLLARS.sub(_blank, source)
    if b"context(" in source:
        source = _CONTEXT.sub(_blank, source)
    return _OPEN_RANGE.sub(b".. ", source) if b"..<" in source else source


RULES: dict[str, Rule] = {
    "class_declaration": container(
        keyword({"interface": "interface", "enum": "enum", "enum_class_body": "enum"}, "class"),
        block=_BODIES,
        name=child("type_identifier"),
    ),
    "object_declaration": container("class", block=_BODIES, name=child("type_identifier")),
    # Without a name a companion object is called Companion, and used by that name.
    "companion_object": container(
        "class",
        block=_BODIES,
        name=child("type_identifier"),
        when=_is_named,
        otherwise=container(
            "class", block=_BODIES, name=lambda _node: "Companion", ending=" Companion"
        ),
    ),
    "enum_entry": container("enum_member", block="class_body", name=child("simple_identifier")),
    "function_declaration": Rule(
        "function",
        "method",
        child("simple_identifier"),
        stop_types=types("function_body"),
    ),
    "secondary_constructor": Rule(
        "constructor",
        name=lambda _node: "constructor",
        stop_types=types("constructor_delegation_call block : {"),
    ),
    "property_declaration": Rule(
        "constant",
        "field",
        _property_name,
        cut=assigned("="),
        via=_object_bodies,
        owner=True,
        stop_types=types("getter setter property_delegate"),
    ),
    "type_alias": leaf("type", name=child("type_identifier")),
    "ERROR": ENTER,
}

_MODIFIER = modifier(
    "public private protected internal open abstract final sealed data inner value annotation enum"
    " fun inline noinline suspend operator infix tailrec external override actual expect companion"
    " const lateinit",
    ANNOTATION,
)
_HEADERS = (
    *type_headers(rf"{_MODIFIER}*", "interface"),
    header("class", rf"{_MODIFIER}*(?:class|object)\s+(?P<name>\w+)"),
    header(
        "function",
        rf"{_MODIFIER}*fun\s+(?:<[^>\n]*>\s*)?(?:[\w.]+(?:<[^()\n]*>)?\??\.)?"
        r"(?P<name>\w+|`[^`\n]+`)\s*(?=\()",
    ),
)

LANGUAGES = (
    Language(
        name="kotlin",
        extensions=(".kt", ".kts"),
        rules=RULES,
        dropped=types("line_comment multiline_comment comment"),
        prepare=_prepare,
        # Other words mean that the function has no body and something else begins.
        bodies=in_braces(
            rb"(?:[^\n{}=/]*\s)?fun\s(?:(?!\b(?:class|object|interface|fun|va[lr])\b)[^{}])*"
        ),
        headers=_HEADERS,
        # Classes with several annotations.
        misread=types("prefix_expression infix_expression"),
        notes=types("annotation"),
        dull_notes=re.compile(r"@(Suppress|Override|JvmStatic|JvmField|JvmOverloads|Deprecated)\b"),
        trivia=re.compile(rb"//|/\*|@"),
    ),
)
