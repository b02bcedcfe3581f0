"""Single changes of the engine's modules, and how one is made in a running process."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

PACKAGE = "execution.logic.edits"
FOLDER = Path(__file__).resolve().parent.parent / PACKAGE.replace(".", "/")

_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot,
    ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    module: str  # as in `checks.gate`
    line: int
    what: str
    source: str
    function: tuple[int, int] | None  # first and last line of the function it is in

    @property
    def path(self) -> str:
        return f"{self.module.replace('.', '/')}.py"


def module_name(path: Path) -> str:
    """`checks.gate`, of the file `…/edits/checks/gate.py`."""
    return ".".join(path.relative_to(FOLDER).with_suffix("").parts)


def _source(module: str) -> str:
    return (FOLDER / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")


def mutants_of(module: str) -> Iterator[Mutant]:
    """Every single change of a module, in the order of its lines."""
    tree = ast.parse(_source(module))
    functions = _functions(tree)
    for number, node in enumerate(ast.walk(tree)):
        for what in _changes(node):
            copy = deepcopy(tree)
            twin = next(n for at, n in enumerate(ast.walk(copy)) if at == number)
            _apply(twin, what)
            source = ast.unparse(ast.fix_missing_locations(copy))
            line = getattr(node, "lineno", 0)
            around = next((span for span in functions if span[0] <= line <= span[1]), None)
            yield Mutant(module, line, what, source, around)


def _functions(tree: ast.Module) -> list[tuple[int, int]]:
    """The outermost functions and methods, decorators included."""
    found: list[tuple[int, int]] = []
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    for node in (node for body in bodies for node in body):
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            found.append((first, node.end_lineno or node.lineno))
    return found


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


def _apply(node: ast.AST, what: str) -> None:
    match node:
        case ast.Compare(ops=[op]):
            node.ops = [_SWAPS[type(op)]()]  # type: ignore[list-item]  # operators by operators
        case ast.BoolOp(op=op):
            node.op = _SWAPS[type(op)]()  # type: ignore[assignment]  # likewise
        case ast.UnaryOp():
            node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)
        case ast.Return(value=ast.Constant(value=value)):
            node.value = ast.Constant(not value)
        case ast.Assign(value=ast.Constant(value=int(value))):
            node.value = ast.Constant(value + 1)
        case ast.Expr():
            node.value = ast.Constant(what)


def mutated(mutant: Mutant) -> None:
    """Make the change in this process: functions keep their identity and get other code."""
    module = importlib.import_module(f"{PACKAGE}.{mutant.module}")
    fresh = ModuleType(module.__name__)
    # Dataclasses look their module up by its name while they are made.
    sys.modules[module.__name__] = fresh
    try:
        exec(compile(mutant.source, mutant.module, "exec"), fresh.__dict__)
    finally:
        sys.modules[module.__name__] = module
    for name, value in vars(fresh).items():
        _take_over(module, name, getattr(module, name, None), value)
    _forget_results()


def _take_over(module: ModuleType, name: str, old: object, new: object) -> None:
    if isinstance(old, type) and isinstance(new, type) and old.__module__ == module.__name__:
        for member, value in vars(new).items():
            _exchange(vars(old).get(member), value)
    elif isinstance(new, int) and isinstance(old, int) and old != new:
        for other in list(sys.modules.values()):
            if other is module or _imports(other, module, name):
                setattr(other, name, new)
    elif getattr(old, "__module__", "") == module.__name__:
        _exchange(old, new)


def _exchange(old: object, new: object) -> None:
    """The code of a function, also behind a property or a cache."""
    for attribute in ("__wrapped__", "fget", "__func__"):
        inner, other = getattr(old, attribute, None), getattr(new, attribute, None)
        if isinstance(inner, FunctionType) and isinstance(other, FunctionType):
            old, new = inner, other
    if isinstance(old, FunctionType) and isinstance(new, FunctionType):
        if _is_of(old.__code__, new.__code__):
            old.__code__ = new.__code__
            old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__


def _is_of(old: CodeType, new: CodeType) -> bool:
    return old.co_freevars == new.co_freevars and old.co_name == new.co_name


def _imports(other: ModuleType, module: ModuleType, name: str) -> bool:
    """Whether a module of the engine has taken the constant over by its name."""
    if not other.__name__.startswith(PACKAGE) or name not in vars(other):
        return False
    tree = ast.parse(_source(other.__name__.removeprefix(f"{PACKAGE}.")))
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == module.__name__
        and any(alias.name == name for alias in node.names)
        for node in tree.body
    )


def _forget_results() -> None:
    """What caches hold was found without the change."""
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{PACKAGE}."):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
