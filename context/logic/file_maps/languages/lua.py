"""Lua."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..bodies import to_end
from ..naming import text
from ..tables import ENTER, Language, Rule, each, leaf, types


def _holder(node: Node, kind: str) -> Node | None:
    for child in node.children:
        if child.type == kind:
            return child
    return None


def _value(node: Node) -> Node | None:
    values = _holder(node, "expression_list")
    return values.child_by_field_name("value") if values is not None else None


def _target(node: Node) -> str:
    names = _holder(node, "variable_list")
    return text(names.child_by_field_name("name")) if names is not None else ""


def _is_plain(node: Node) -> bool:
    """Variables are listed, not every change of a table."""
    return bool(re.fullmatch(r"\w+", _target(node)))


def _function(node: Node) -> Node | None:
    """The function that is assigned, or handed to a call whose result a table gets."""
    value = _value(node)
    if value is None or value.type == "function_definition":
        return value
    if value.type == "function_call" and not _is_plain(node):
        return next(iter(_callbacks(value)), None)
    return None


def _is_function(node: Node) -> bool:
    return _function(node) is not None


def _kind(node: Node, _owner: bool) -> str:
    return "constant" if _target(node).isupper() else "variable"


def _callbacks(call: Node) -> list[Node]:
    arguments = call.child_by_field_name("arguments")
    return [c for c in arguments.children if c.type == "function_definition"] if arguments else []


def _body(node: Node) -> list[Node]:
    body = node.child_by_field_name("body")
    return [body] if body is not None else []


def _end(node: Node) -> int | None:
    value, function = _value(node), _function(node)
    if value is None:
        return None
    if function is not None:
        parameters = function.child_by_field_name("parameters")
        return parameters.end_byte if parameters is not None else function.start_byte
    short = re.fullmatch(r"""-?[\d.]+|"[^"]*"|'[^']*'|true|false|nil""", text(value, 60))
    return value.end_byte if short and value.end_byte - value.start_byte <= 40 else value.start_byte


def _tables(node: Node) -> list[Node]:
    """The table that is assigned, or those handed to a call, such as `setmetatable({...})`."""
    value = _value(node)
    if value is None or value.type == "table_constructor":
        return [value] if value is not None else []
    arguments = value.child_by_field_name("arguments") if value.type == "function_call" else None
    return [c for c in arguments.children if c.type == "table_constructor"] if arguments else []


def _has_table(node: Node) -> bool:
    return bool(_tables(node))


def _function_end(node: Node) -> int | None:
    parameters = node.child_by_field_name("parameters")
    return parameters.end_byte if parameters is not None else None


def _has_function(node: Node) -> bool:
    value = node.child_by_field_name("value")
    return value is not None and value.type == "function_definition"


def _key(node: Node) -> str:
    return text(node.child_by_field_name("name")).strip("\"'")


def _inner_table(node: Node) -> list[Node]:
    value = node.child_by_field_name("value")
    return [value] if value is not None and value.type == "table_constructor" else []


RULES: dict[str, Rule] = {
    "function_declaration": leaf("function", cut=_function_end),
    "variable_declaration": Rule(wrap=True),
    "assignment_statement": Rule(
        "function",
        name=_target,
        cut=_end,
        once=True,
        when=_is_function,
        otherwise=Rule(
            _kind,
            name=_target,
            cut=_end,
            via=_tables,
            owner=True,
            once=True,
            when=_is_plain,
            not_in_callback=True,
            # `M.handlers = {...}` is listed for the functions in it.
            otherwise=Rule(
                "variable",
                name=_target,
                cut=_end,
                via=_tables,
                owner=True,
                when=_has_table,
                not_in_callback=True,
                prune=_has_table,
            ),
        ),
    ),
    # Functions passed to a call, such as the groups of a test file.
    "function_call": Rule(visit=_callbacks, callback=True),
    "function_definition": Rule(via=_body, callback=True),
    "field": Rule(
        "method",
        name=_key,
        stop=(),
        value=("value",),
        when=_has_function,
        otherwise=Rule(
            "field",
            name=_key,
            stop=("value",),
            via=_inner_table,
            when=lambda node: bool(_inner_table(node)),
            prune=lambda _node: True,
        ),
    ),
    "return_statement": ENTER,
    "expression_list": ENTER,
    "table_constructor": ENTER,
    **each(ENTER, "if_statement do_statement block else_statement elseif_statement ERROR"),
}

LANGUAGES = (
    Language(
        name="lua",
        extensions=(".lua", ".rockspec"),
        rules=RULES,
        bodies=to_end(rb"(?:local )?function [\w.:]+[ \t]*\([^\n()]*\)[ \t]*(?=\r?\n)"),
        balance=True,
        callables=types("function_definition"),
        trivia=re.compile(rb"--"),
    ),
)
