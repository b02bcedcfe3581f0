"""Single changes of the engine's modules, compiled in beside what they change.

`install` lets Python load the modules with every change in them, each behind a switch. So a change
takes effect wherever the code stands: in closures, defaults, properties and cached functions.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

PACKAGE = "execution.logic.edits"
FOLDER = Path(__file__).resolve().parent.parent / PACKAGE.replace(".", "/")
SWITCH = "_switch"  # the name that the changed modules know their switch by

_SWAPS: dict[type[ast.AST], type[ast.cmpop] | type[ast.boolop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot,
    ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    module: str  # as in `checks.gate`
    number: int  # the place of the changed node in a walk through the module
    line: int
    what: str
    function: str  # the outermost one around it; empty for a constant of the module
    name: str = ""  # of that constant
    value: int = 0

    @property
    def path(self) -> str:
        return f"{self.module.replace('.', '/')}.py"

    @property
    def key(self) -> str:
        return f"{self.module}:{self.number}"


def module_name(path: Path) -> str:
    """`checks.gate`, of the file `…/edits/checks/gate.py`."""
    return ".".join(path.relative_to(FOLDER).with_suffix("").parts)


def source_of(module: str) -> str:
    return (FOLDER / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")


def digest_of(module: str) -> str:
    return sha256(source_of(module).encode()).hexdigest()[:16]


def mutants_of(module: str) -> list[Mutant]:
    return mutants_in(source_of(module), module)


def mutants_in(source: str, module: str) -> list[Mutant]:
    """Every single change of a module, in the order of its lines."""
    tree = ast.parse(source)
    functions = _functions(tree)
    found = []
    for number, node in enumerate(ast.walk(tree)):
        for what in _changes(node):
            line: int = getattr(node, "lineno", 0)
            if id(node) in functions:
                found.append(Mutant(module, number, line, what, functions[id(node)]))
            elif constant := _constant(tree, node):
                found.append(Mutant(module, number, line, what, "", *constant))
            else:  # no switch could change it afterwards
                raise NotImplementedError(f"{module}:{line} is run by the import")
    return sorted(found, key=lambda mutant: (mutant.line, mutant.number))


def _functions(tree: ast.Module) -> dict[int, str]:
    """For each node that runs after the import the outermost function around it."""
    found: dict[int, str] = {}
    for function in ast.walk(tree):
        match function:
            case ast.FunctionDef(name=name, body=body):
                pass
            case ast.Lambda(body=expression):
                name, body = "lambda", [ast.Expr(expression)]
            case _:
                continue
        for node in (node for statement in body for node in ast.walk(statement)):
            found.setdefault(id(node), name)
    return found


def _constant(tree: ast.Module, node: ast.AST) -> tuple[str, int] | None:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int(value))):
            return (name, value + 1) if node in tree.body else None
        case _:
            return None


def _changes(node: ast.AST) -> list[str]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in _SWAPS:
            return [f"{type(op).__name__} -> {_SWAPS[type(op)].__name__}"]
        case ast.BoolOp(op=op):
            return [f"{type(op).__name__} -> {_SWAPS[type(op)].__name__}"]
        case ast.UnaryOp(op=ast.Not()):
            return ["drop not"]
        case ast.Return(value=ast.Constant(value=bool(value))):
            return [f"return {not value}"]
        case ast.Assign(value=ast.Constant(value=int(value))) if not isinstance(value, bool):
            return [f"{value} -> {value + 1}"]
        case ast.Expr(value=ast.Yield(value=ast.Constant(value=str(value)))):
            return [f"no {value}"]
        case _:
            return []


def with_switches(source: str, module: str, mutants: Sequence[Mutant]) -> ast.Module:
    """The module with each change beside what it changes; the switch chooses."""
    tree = ast.parse(source)
    keys = {mutant.number: mutant.key for mutant in mutants if mutant.module == module}
    constants = {mutant.number for mutant in mutants if mutant.name}
    for number, node in enumerate(ast.walk(tree)):
        if number in keys and number not in constants:
            node.mutant = keys[number]  # type: ignore[attr-defined]  # kept by copies
    _Switches().visit(tree)
    return ast.fix_missing_locations(tree)


class _Switches(ast.NodeTransformer):
    def visit(self, node: ast.AST) -> ast.AST:
        self.generic_visit(node)
        key = getattr(node, "mutant", None)
        if key is None:
            return node
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                names = ast.Constant(type(op).__name__), ast.Constant(_SWAPS[type(op)].__name__)
                new: ast.AST = _asked("compare", key, left, right, *names)
            case ast.BoolOp():
                new = _either(key, node)
            case ast.UnaryOp(operand=operand):
                new = _asked("negate", key, operand)
            case ast.Return(value=ast.Constant(value=value)):
                node.value = _asked("choose", key, ast.Constant(value), ast.Constant(not value))
                return node
            case ast.Assign(value=ast.Constant(value=int(value))):
                node.value = _asked("choose", key, ast.Constant(value), ast.Constant(value + 1))
                return node
            case ast.Expr():
                new = ast.If(ast.UnaryOp(ast.Not(), _asked("is_on", key)), [node], [])
            case _:
                raise NotImplementedError(ast.dump(node))
        return ast.copy_location(new, node)


def _asked(method: str, key: str, *arguments: ast.expr) -> ast.Call:
    function = ast.Attribute(ast.Name(SWITCH, ast.Load()), method, ast.Load())
    return ast.Call(function, [ast.Constant(key), *arguments], [])


def _either(key: str, node: ast.BoolOp) -> ast.expr:
    """Operands bind names and may not all be run, so they stay where they are."""
    old, new, compared, run = deepcopy(node), deepcopy(node), deepcopy(node), deepcopy(node)
    for one in (old, new, compared, run):
        del one.mutant  # type: ignore[attr-defined]  # the outer expression has it now
    new.op = run.op = _SWAPS[type(node.op)]()  # type: ignore[assignment]  # a boolean by another
    nothing = ast.arguments([], [], None, [], [], None, [])
    noting = _asked("note", key, compared, ast.Lambda(nothing, run))
    records = ast.Attribute(ast.Name(SWITCH, ast.Load()), "records", ast.Load())
    return ast.IfExp(records, noting, ast.IfExp(_asked("is_on", key), new, old))
