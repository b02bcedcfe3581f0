"""C, and what C++ and its relatives share with it."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..bodies import DIRECTIVES, in_braces
from ..declarators import declared_name, is_function
from ..entries import Entry
from ..naming import fields, followed_by, text
from ..preprocessor import (
    first_branches,
    without_class_macros,
    without_macro_lines,
    without_macros,
    without_plain_macros,
)
from ..signature import clean_line
from ..tables import ENTER, Language, Rule, container, each, leaf, types

_SPECIFIERS = types("struct_specifier union_specifier enum_specifier class_specifier")
_GUARD = re.compile(r"_*\w+_(H|HH|HPP|HXX|INCLUDED|H_INCLUDED)_*", re.IGNORECASE)


def _is_definition(node: Node) -> bool:
    """A function with a body; the grammar also takes a class behind a macro for one."""
    declarator = node.child_by_field_name("declarator")
    return node.type == "function_definition" and declarator is not None and is_function(declarator)


def _kind(node: Node, owner: bool) -> str:
    if is_function(node):
        return "method" if owner else "function"
    return "field" if owner else "variable"


def _function_kind(_node: Node, owner: bool) -> str:
    return "method" if owner else "function"


def _has_body(node: Node) -> bool:
    return node.child_by_field_name("body") is not None and (
        node.child_by_field_name("name") is not None
    )


def _anonymous(node: Node) -> list[Node]:
    """The nameless struct in a declaration: its members belong to what is declared."""
    found = node.child_by_field_name("type")
    if found is None or found.type not in _SPECIFIERS:
        return []
    return [found] if found.child_by_field_name("name") is None else []


def _is_nameless(node: Node) -> bool:
    """A nameless struct or enum that declares nothing else: its members are the outer's."""
    return node.child_by_field_name("name") is None


def _not_guard(node: Node) -> bool:
    name = text(node.child_by_field_name("name"))
    return node.child_by_field_name("value") is not None or not _GUARD.fullmatch(name)


def _no_declarator(node: Node) -> bool:
    return node.child_by_field_name("declarator") is None


def specifier(kind: str) -> Rule:
    """A struct, union, class or enum that is defined here, not only mentioned."""
    nameless = Rule(when=_is_nameless)
    return container(kind, when=_has_body, otherwise=nameless)


_DECLARATION = Rule(
    _kind,
    "",
    declared_name,
    ("default_value",),
    value=("value",),
    split=fields("declarator"),
    also=("type",),
    via=_anonymous,
    owner=True,
)
# Without a declarator only the type in it defines something.
_BARE = Rule(when=_no_declarator, otherwise=_DECLARATION)


_BEFORE_BODY = followed_by(r"\s*\{")


def _is_macro_function(node: Node) -> bool:
    """A body after the call of a macro, `PHP_METHOD(Class, name) {...}`."""
    return (
        node.children[-1].is_missing
        and node.children[0].type == "call_expression"
        and _BEFORE_BODY(node)
    )


RULES: dict[str, Rule] = {
    "expression_statement": Rule(
        "function",
        name=lambda node: text(node.children[0].child_by_field_name("function")),
        stop=(),
        when=_is_macro_function,
    ),
    "preproc_def": Rule("macro", stop=(), value=("value",), when=_not_guard),
    "preproc_function_def": leaf("macro", stop=("value",)),
    "function_definition": Rule(
        _function_kind,
        "",
        declared_name,
        ("body",),
        split=fields("declarator"),
        stop_types=types("field_initializer_list declaration try_statement"),
    ),
    **each(_BARE, "declaration field_declaration"),
    "type_definition": Rule(
        "type",
        "",
        declared_name,
        (),
        split=fields("declarator"),
        also=("type",),
        via=_anonymous,
        owner=True,
    ),
    "struct_specifier": specifier("struct"),
    "union_specifier": specifier("union"),
    "enum_specifier": specifier("enum"),
    "enumerator": Rule("enum_member", stop=(), value=("value",)),
    **each(
        ENTER,
        "preproc_if preproc_ifdef preproc_else preproc_elif preproc_elifdef"
        " linkage_specification declaration_list field_declaration_list enumerator_list ERROR",
    ),
}

_CPP_IN_HEADER = re.compile(
    rb"^[ \t]*(class\s+\w[^;]{0,1000}?[{:]|namespace\b|template\s*<|public:|private:|protected:"
    rb"|using\s+\w+\s*=|constexpr\b)|^[^/*\n\"]*\b\w+::\w",
    re.MULTILINE,
)
_OBJC_WORDS = (b"@interface", b"@protocol", b"@class", b"@import", b"@end")
_OBJC_IN_HEADER = re.compile(
    rb"^(?:[A-Z]\w*[ \t]+)?@(?:interface|protocol|class|import|end)\b", re.MULTILINE
)
_BLOCK_COMMENT = re.compile(rb"/\*.*?(?:\*/|\Z)", re.DOTALL)


def _header_language(source: bytes) -> str | None:
    # Plain searches first: they are much faster, and most headers have none of the words.
    if any(word in source for word in _OBJC_WORDS) and _OBJC_IN_HEADER.search(source):
        return "objc"
    if (
        b"::" not in source
        and b"class" not in source
        and b"template" not in source
        and (b"namespace" not in source and b"constexpr" not in source)
    ):
        return None
    return "cpp" if _CPP_IN_HEADER.search(_BLOCK_COMMENT.sub(b"", source)) else None


_HEADER = re.compile(
    rb"^(?![ \t#/*&}])((?:[\w:<>,~\[\]]+[ \t\n*&]+){0,12}?((?:\w+::)*~?\w+)[ \t]*\([^;{}()]{0,1000}"
    rb"(?:\([^;{}()]{0,200}\)[^;{}()]{0,200}){0,20}\)[\w \t\n]{0,200})\{",
    re.MULTILINE,
)
_KEYWORDS = frozenset(b"if for while switch return do else sizeof defined catch".split())


def headers(piece: bytes) -> list[Entry]:
    """Function headers at the start of a line, for pieces that cannot be parsed at all."""
    entries = []
    for found in _HEADER.finditer(piece[:20_000]):
        if found[2] not in _KEYWORDS:
            line = clean_line(found[1].decode("utf-8", "replace"))
            entries.append(Entry("function", found[2].decode("utf-8", "replace"), 0, line))
    return entries


# Functions and types of C programs end with a brace at the start of a line.
PIECE_END = re.compile(rb"^\}[^\n]*\n", re.MULTILINE)
SHELLS = types(
    "namespace_definition declaration_list preproc_if preproc_ifdef preproc_else preproc_elif"
    " linkage_specification"
)
DROPPED = types("comment field_declaration_list enumerator_list attribute_declaration")
TRIVIA = re.compile(rb"//|/\*|\{|\[\[")


# What stands between the parameters of a function and its body.
_QUALIFIERS = (
    rb"(?:\s*\b(?:const|volatile|override|final|noexcept|mutable|[A-Z][A-Z0-9_]+)\b|\s*&&?)*"
    rb"(?:\s*->[^{}();=]*(?:\([^{}();=]*\)[^{}();=]*)?)?"
)
# A line with the name of a function and its parameters, and no type that is defined there.
HEADER = (
    rb"(?!typedef\b|namespace\b|extern\s+\"C\"|__attribute__|__declspec|alignas|\w*_(?:ENUM|OPTIONS)\b"
    rb"|(?:template\s*<[^(){}\n]*>\s*)?(?:class|struct|union|enum)\b\s*\w*\s*(?:\(|:[^:])"
    rb"|(?:class|struct|union|enum)[^()\n]*[^:]:[^:])"
    rb"[A-Za-z_~:][^(){}=\n]*\([^{}]*\)" + _QUALIFIERS
)
bodies = in_braces(HEADER, uneven=DIRECTIVES)


def _prepared(source: bytes) -> bytes:
    """For the grammar, every directive ends with a line end, the file's last too."""
    return without_macro_lines(source) + b"\n"


def _prepared_classes(source: bytes) -> bytes:
    """The same for languages with classes."""
    return without_class_macros(without_plain_macros(_prepared(source)))


def family(
    name: str, extensions: tuple[str, ...], rules: dict[str, Rule], **more: object
) -> Language:
    """A language that is written like C."""
    options: dict[str, object] = {
        "name": name,
        "extensions": extensions,
        "rules": rules,
        "dropped": DROPPED,
        "trivia": TRIVIA,
        "prepare": _prepared_classes,
        "bodies": bodies,
        "piece_end": PIECE_END,
        "shells": SHELLS,
        "is_function": _is_definition,
        "variants": (without_macros, first_branches),
        "last_resort": headers,
    }
    return Language(**{**options, **more})  # type: ignore[arg-type]  # options by name


LANGUAGES = (
    family("c", (".c",), RULES, nested=False, prepare=_prepared),
    family(
        "c header", (".h",), RULES, grammars=("c", "cpp"), instead=_header_language, nested=False
    ),
)
