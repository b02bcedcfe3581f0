"""A module with each change beside what it changes; a switch chooses.

So a change takes effect wherever the code stands: in closures, properties and cached functions.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from copy import deepcopy

from benchmarks.edit_mutations import SWAPS, Mutant, members

SWITCH = "_switch"  # the name that the changed modules know their switch by


def with_switches(source: str, module: str, mutants: Sequence[Mutant]) -> ast.Module:
    tree = ast.parse(source)
    numbers = {one.number for one in mutants if one.module == module and not one.name}
    for number, node in enumerate(ast.walk(tree)):
        if number in numbers:
            node.mutant = f"{module}:{number}"  # type: ignore[attr-defined]  # kept by copies
    _Switches().visit(tree)
    return ast.fix_missing_locations(tree)


class _Switches(ast.NodeTransformer):
    def visit(self, node: ast.AST) -> ast.AST:
        self.generic_visit(node)
        key = getattr(node, "mutant", None)
        if key is None:
            return node
        match node:
            case ast.Return() | ast.Assign():
                assert isinstance(node.value, ast.Constant)
                old = node.value.value
                new = not old if isinstance(node, ast.Return) else old + 1  # type: ignore[operator]
                node.value = _asked("choose", key, node.value, ast.Constant(new))
                return node
            case ast.AugAssign(value=value):
                node.value = _asked("negative", key, value)
                return node
            case ast.Expr():
                changed: ast.AST = ast.If(ast.UnaryOp(ast.Not(), _asked("is_on", key)), [node], [])
            case ast.expr():
                changed = _expression(node, key)
            case _:
                raise TypeError(f"no switch changes {ast.dump(node)}")
        return ast.copy_location(changed, node)


def _expression(node: ast.expr, key: str) -> ast.expr:
    match node:
        case ast.Compare(left=left, comparators=[*others]):
            if members(node):
                others = [ast.Tuple(list(members(node)), ast.Load())]
            return _asked("compare", key, left, *others)
        case ast.BoolOp():
            return _either(key, node)
        case ast.UnaryOp(operand=operand):
            return _asked("negate", key, operand)
        case ast.BinOp(left=left, op=op, right=right):
            return _asked("count", key, left, right, ast.Constant(type(op).__name__))
        case ast.Call(func=ast.Name(id=name), args=[items]):
            return _asked("quantify", key, items, ast.Constant(name))
        case _:
            raise TypeError(f"no switch changes {ast.dump(node)}")


def _asked(method: str, key: str, *arguments: ast.expr) -> ast.Call:
    function = ast.Attribute(ast.Name(SWITCH, ast.Load()), method, ast.Load())
    return ast.Call(function, [ast.Constant(key), *arguments], [])


def _either(key: str, node: ast.BoolOp) -> ast.expr:
    """Operands bind names and may not all be run, so they stay where they are."""
    old, new, compared, run = deepcopy(node), deepcopy(node), deepcopy(node), deepcopy(node)
    for one in (old, new, compared, run):
        del one.mutant  # type: ignore[attr-defined]  # the outer expression has it now
    new.op = run.op = ast.Or() if SWAPS[type(node.op).__name__] == "Or" else ast.And()
    nothing = ast.arguments([], [], None, [], [], None, [])
    noting = _asked("note", key, compared, ast.Lambda(nothing, run))
    records = ast.Attribute(ast.Name(SWITCH, ast.Load()), "records", ast.Load())
    return ast.IfExp(records, noting, ast.IfExp(_asked("is_on", key), new, old))
