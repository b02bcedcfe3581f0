"""JavaScript with JSX."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..bodies import in_braces
from ..naming import returned_body, says, text
from ..script_calls import (
    CALLABLES,
    call_in,
    call_members,
    callbacks,
    is_entered_call,
    is_module_call,
    module_bodies,
)
from ..tables import ENTER, WRAP, Language, Rule, container, each, header, leaf, types

_FUNCTIONS = CALLABLES | {"class"}


def _has_function(node: Node) -> bool:
    """What is attached: functions, objects that may hold some, members of every instance."""
    right = node.child_by_field_name("right")
    if right is None:
        return False
    if right.type in _FUNCTIONS or right.type == "object":
        return True
    left = node.child_by_field_name("left")
    return _makes_module(right) or (
        left is not None and left.type == "member_expression" and _PROTOTYPE(left)
    )


_PROTOTYPE = says(r"\.prototype\.[\w$]+\Z")


def _makes_module(value: Node) -> bool:
    """The value is what a function returns that is called at once."""
    return value.type == "call_expression" and is_module_call(value) and bool(module_bodies(value))


def _module_in(node: Node) -> list[Node]:
    right = node.child_by_field_name("right")
    return module_bodies(right) if right is not None and _makes_module(right) else []


def _assigned_call(node: Node) -> list[Node]:
    """The call in `module.exports = wrap(function load() {...})`."""
    right = node.child_by_field_name("right")
    return [right] if right is not None and right.type == "call_expression" else []


def _assigned_kind(node: Node, _owner: bool) -> str:
    right = node.child_by_field_name("right")
    if right is not None and right.type in _FUNCTIONS:
        return "class" if right.type == "class" else "function"
    left = node.child_by_field_name("left")
    return "field" if left is not None and _PROTOTYPE(left) else "constant"


def _assigned_name(node: Node) -> str:
    """What an exported or attached function is called."""
    right, left = node.child_by_field_name("right"), node.child_by_field_name("left")
    own_name = text(right.child_by_field_name("name")) if right is not None else ""
    target = text(left)
    if target == "module.exports" and own_name:
        return own_name
    return target.removeprefix("module.exports.").removeprefix("exports.")


def _property_kind(node: Node, _owner: bool) -> str:
    value = node.child_by_field_name("value")
    if value is not None and value.type in CALLABLES:
        return "method"
    return "class" if value is not None and value.type == "class" else "field"


def _lists_group(node: Node) -> bool:
    value = node.child_by_field_name("value")
    return value is not None and (value.type == "object" or value.type in _FUNCTIONS)


def _key(node: Node) -> str:
    return text(node.child_by_field_name("key")).strip("\"'")


def not_required(node: Node) -> bool:
    """Tell whether a declarator is more than a destructured import."""
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None or not name.type.endswith("_pattern"):
        return True
    return value is None or not text(value, 8).startswith(("require(", "await im"))


def _declarators(node: Node) -> list[Node]:
    return [c for c in node.children if c.type == "variable_declarator" and not_required(c)]


def _is_default(node: Node) -> bool:
    return node.parent is not None and node.parent.type == "export_statement"


def _default(node: Node) -> str:
    """The exported function's name, or that of the function that it returns at once."""
    inner = node.child_by_field_name("body")
    returned = inner if inner is not None and inner.type in CALLABLES else node
    return (
        text(node.child_by_field_name("name"))
        or text(returned.child_by_field_name("name"))
        or "default"
    )


def _returned_end(node: Node) -> int | None:
    """`context => function load(path) {...}` is shown with the function that it returns."""
    body = returned_body(node, CALLABLES)
    returns_one = body is not None and body != node.child_by_field_name("body")
    return body.start_byte if body is not None and returns_one else None


def _is_plain_object(node: Node) -> bool:
    """Data without functions is not listed, except members and what a module exports."""
    left = node.child_by_field_name("left")
    if left is not None and _PROTOTYPE(left):
        return False
    value = node.child_by_field_name("value") or node.child_by_field_name("right")
    target = text(node.child_by_field_name("left"))
    return value is not None and value.type == "object" and target != "module.exports"


def _is_named(node: Node) -> bool:
    return node.child_by_field_name("name") is not None


# What is listed of a callback; most have none of it, and tests are made of callbacks.
_DECLARES = says(
    r"\bfunction\b\s*\*?\s*[\w$]|\b(?:class|interface|type|enum|namespace|module|global)\s"
)


def _block_body(node: Node) -> list[Node]:
    body = node.child_by_field_name("body")
    return [body] if body is not None and body.type == "statement_block" else []


RULES: dict[str, Rule] = {
    **each(WRAP, "export_statement"),
    **each(
        ENTER,
        "statement_block if_statement else_clause try_statement catch_clause finally_clause"
        " expression_statement sequence_expression class_body class object labeled_statement"
        " as_expression satisfies_expression new_expression ERROR",
    ),
    **each(leaf("function"), "function_declaration generator_function_declaration"),
    **each(
        leaf(
            "function",
            name=_default,
            cut=_returned_end,
            when=_is_default,
            otherwise=leaf(
                "function",
                when=_is_named,
                otherwise=Rule(via=_block_body, callback=True, when=_DECLARES),
            ),
        ),
        " ".join(CALLABLES),
    ),
    **each(container("class"), "class_declaration"),
    **each(leaf("method"), "method_definition"),
    "field_definition": Rule("field", "", "property", (), value=("value",)),
    **each(
        Rule(
            "constant",
            stop=(),
            value=("value",),
            split=_declarators,
            member_types=types("variable_declarator"),
            owner=True,
            not_in_callback=True,
        ),
        "lexical_declaration variable_declaration",
    ),
    "assignment_expression": Rule(
        _assigned_kind,
        "",
        _assigned_name,
        (),
        value=("right",),
        when=_has_function,
        members=("right",),
        inner=types("object class"),
        via=_module_in,
        owner=True,
        prune=_is_plain_object,
        not_in_callback=True,
        otherwise=Rule(visit=_assigned_call),
    ),
    "pair": Rule(
        _property_kind,
        "",
        _key,
        (),
        value=("value",),
        when=_lists_group,
        members=("value",),
        inner=types("object class"),
        owner=True,
        prune=_is_plain_object,
    ),
    "call_expression": Rule(
        via=call_members,
        when=is_entered_call,
        otherwise=Rule(visit=callbacks, callback=True),
    ),
    **each(Rule(via=call_in), "parenthesized_expression unary_expression"),
}

_PARAMETERS = (
    rb"\s*(?:<[^(){}]*>)?\([^{}()]*(?:\([^{}()]*\)[^{}()]*)*\)\s*"
    # What follows a declaration without a body is no type that it returns.
    rb"(?::(?:(?!\n\s*(?:export|declare|abstract|class|interface|enum|namespace|module)\b)[^{}=])*"
    rb"[\w\]>)\"'])?\s*"
)
# Functions that a module may be, or that hold what is listed.
_CAREFUL = (
    rb"(?:export\s+)?(?:const|let|var)\s+[\w$]+\s*(?::[^={}]*)?=\s*(?:async\s+)?"
    rb"(?:function\b\s*\*?\s*[\w$]*)?" + _PARAMETERS + rb"(?:=>)?"
    rb"|(?:it|test|describe|before|after|beforeEach|afterEach|beforeAll|afterAll)\b[.\w]*\([^{}]*"
    rb"(?:=>|\bfunction\s*\w*\s*\([^{}()]*\))"
)
BODIES = in_braces(
    rb"(?:(?:export\s+(?:default\s+)?)?(?:async\s+)?function\b\s*\*?\s*[\w$]+" + _PARAMETERS + rb"|"
    rb"(?!(?:if|for|while|switch|catch|function|with|return|do|else|new|await|typeof|throw)\b)"
    rb"(?:(?:static|async|public|private|protected|override|get|set|readonly)\s+|\*\s*)*"
    rb"[#\w$]+" + _PARAMETERS + rb"|"
    rb"[\w$.\[\]\"'-]+\s*[:=]\s*(?:async\s+)?function\b\s*\*?\s*[\w$]*" + _PARAMETERS + rb"|"
    rb"(?P<careful>" + _CAREFUL + rb"))",
    keep=re.compile(
        rb"\bfunction\b\s*\*?\s*[\w$]|\b(?:class|interface|type|enum|namespace|module|global)\s"
    ),
)

_EXPORT = r"(?:export\s+(?:default\s+)?)?(?:declare\s+)?"
HEADERS = (
    header("class", rf"{_EXPORT}(?:abstract\s+)?class\s+(?P<name>[\w$]+)"),
    header("function", rf"{_EXPORT}(?:async\s+)?function\s*\*?\s*(?P<name>[\w$]+)(?=\s*[(<])"),
    header(
        "method",
        r"(?!(?:if|for|while|switch|catch|return|function|with|do|else|new|await|typeof|throw)\b)"
        r"(?:(?:static|async|public|private|protected|override|get|set)\s+|\*\s*)*"
        r"(?P<name>#?[\w$]+)\s*(?:<[^()\n]*>)?(?=\([^;\n\"'`=>]*\)\s*(?::[^;={}\n]+)?\{\s*$)",
    ),
)

LANGUAGES = (
    Language(
        name="javascript",
        extensions=(".js", ".mjs", ".cjs"),
        filenames=("Jakefile",),
        grammars=("javascript", "tsx"),
        rules=RULES,
        bodies=BODIES,
        headers=HEADERS,
        callables=CALLABLES | {"class"},
        notes=types("decorator"),
        trivia=re.compile(rb"//|/\*|@"),
        tail_words=("=>",),
    ),
)
