"""Calls of JavaScript in which something is defined: modules, test groups, stores."""

from __future__ import annotations

from tree_sitter import Node

from .naming import word
from .tables import types

CALLABLES = types("arrow_function function_expression function generator_function")
# Calls whose function argument is the module itself.
_MODULE_CALLS = frozenset({b"define", b"$", b"jQuery", b"require", b"requirejs"})


def is_module_call(call: Node) -> bool:
    """Tell whether a call makes a module of its function."""
    callee = call.child_by_field_name("function")
    if callee is None:
        return False
    if callee.type == "parenthesized_expression" or callee.type in CALLABLES:
        return True
    if callee.type == "member_expression":
        inner = callee.child_by_field_name("object")
        return inner is not None and (
            inner.type == "parenthesized_expression" or inner.type in CALLABLES
        )
    return word(callee) in _MODULE_CALLS


def _unwrapped(node: Node) -> Node:
    """What parentheses hold."""
    while node.type == "parenthesized_expression" and node.named_child_count:
        node = node.named_children[0]
    return node


def module_bodies(call: Node) -> list[Node]:
    """The bodies of functions that a script calls at once to hide its names."""
    callee = call.child_by_field_name("function")
    arguments = call.child_by_field_name("arguments")
    found: list[Node] = []
    if callee is not None and callee.type == "member_expression":
        callee = callee.child_by_field_name("object")
    for holder in (callee, arguments):
        if holder is None:
            continue
        for held in (holder, *holder.children):
            function = _unwrapped(held)
            body = function.child_by_field_name("body") if function.type in CALLABLES else None
            if body is not None and body.type == "statement_block" and body not in found:
                found.append(body)
    return found


def call_in(node: Node) -> list[Node]:
    """The call in `(function () {...}())` and `!function () {...}()`."""
    return [node] if any(c.type == "call_expression" for c in node.children) else []


def is_entered_call(call: Node) -> bool:
    """Tell whether the arguments of a call are looked into."""
    return is_module_call(call) or _is_definer(call)


def _is_definer(call: Node) -> bool:
    """Calls such as `defineStore({...})` and `Vue.extend({...})` whose result is named."""
    parent = call.parent
    return parent is not None and parent.type in ("variable_declarator", "export_statement")


def callbacks(call: Node) -> list[Node]:
    """The functions passed to a call, such as the groups of a test file."""
    arguments = call.child_by_field_name("arguments")
    return [c for c in arguments.children if c.type in CALLABLES] if arguments else []


def call_members(call: Node) -> list[Node]:
    """The nodes whose children such a call defines."""
    if is_module_call(call):
        return module_bodies(call)
    arguments = call.child_by_field_name("arguments")
    return [c for c in arguments.children if c.type == "object"] if arguments else []
