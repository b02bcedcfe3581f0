"""Tcl."""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from ..naming import matching, text
from ..tables import ENTER, Language, Rule, each, header, leaf


def _bodies(node: Node) -> list[Node]:
    words = [c for c in node.children if c.type == "word_list"]
    return [c for w in (words or [node]) for c in w.children if c.type == "braced_word"]


def _end(node: Node) -> int | None:
    """Before the last word in braces, which is a body."""
    found = _bodies(node)
    return found[-1].start_byte if found else None


_CLASS = re.compile(r"(?:oo::class create|oo::define|snit::type|itcl::class) ([\w:]+)")
_METHOD = re.compile(r"(?:\w*method ([\w:]+)|(constructor|destructor)\b)")


def _named(pattern: re.Pattern[str]) -> Callable[[Node], str]:
    def name(node: Node) -> str:
        found = pattern.match(text(node, 200))
        return (found[found.lastindex] if found.lastindex else "") if found else ""

    return name


def _is_class(node: Node) -> bool:
    return _CLASS.match(text(node, 200)) is not None


def _is_method(node: Node) -> bool:
    return _METHOD.match(text(node, 200)) is not None


RULES: dict[str, Rule] = {
    "namespace": Rule(
        "namespace", name=matching(r"^namespace\s+eval\s+([\w:]+)"), cut=_end, via=_bodies
    ),
    "procedure": leaf("function", name="name"),
    "set": leaf("variable", name=matching(r"^set\s+([\w:]+)"), stop=(), once=True),
    "command": Rule(
        "class",
        name=_named(_CLASS),
        cut=_end,
        via=_bodies,
        owner=True,
        when=_is_class,
        otherwise=Rule(
            "method",
            name=_named(_METHOD),
            cut=_end,
            when=_is_method,
        ),
    ),
    **each(ENTER, "if ERROR"),
}

LANGUAGES = (
    Language(
        name="tcl",
        extensions=(".tcl", ".tm"),
        rules=RULES,
        trivia=re.compile(rb"#"),
        tail="{",
        headers=(
            header("function", r"proc\s+(?P<name>[\w:.!?-]+)(?=\s+\{|\s+\w+\s+\{)"),
            header("namespace", r"namespace\s+eval\s+(?P<name>[\w:]+)"),
        ),
        texts=("comment",),
    ),
)
