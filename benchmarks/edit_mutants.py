"""Does a test notice each change of the gate? `python -m benchmarks.edit_mutants [--sample N]`.

Changes one operator, constant or yielded reason of the modules that decide about acceptance, one
at a time, runs the engine's tests on it, and prints the changes that no test noticed. The files
stay as they are: a mutated module is handed to a child process by an import hook.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib.abc
import importlib.util
import os
import random
import sys
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "execution.logic.edits"
MODULES = (
    "gate",
    "soundness",
    "torn",
    "certainty",
    "anchors",
    "declared",
    "agreement",
    "gaps",
    "rivals",
    "unfinished",
    "check",
)
TESTS = "tests/execution/logic/edits"
QUICK = (
    "test_soundness",
    "test_certainty",
    "test_gate",
    "test_check",
    "test_reasons",
    "test_agreement",
    "test_reading",
    "test_cases",
)
SLOW = ("test_robustness", "test_pairs")

_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot,
    ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    module: str
    line: int
    what: str
    source: str


def mutants_of(module: str) -> Iterator[Mutant]:
    """Every single change of a module, in the order of its lines."""
    path = ROOT / PACKAGE.replace(".", "/") / f"{module}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for number, node in enumerate(ast.walk(tree)):
        for what in _changes(node):
            copy = deepcopy(tree)
            twin = next(n for at, n in enumerate(ast.walk(copy)) if at == number)
            _apply(twin, what)
            source = ast.unparse(ast.fix_missing_locations(copy))
            yield Mutant(module, getattr(node, "lineno", 0), what, source)


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


class _Hook(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads the mutated source in the place of the module."""

    def __init__(self, mutant: Mutant) -> None:
        self.name = f"{PACKAGE}.{mutant.module}"
        self.source = mutant.source

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_loader(name, self)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, self.name, "exec"), module.__dict__)


def is_noticed(mutant: Mutant) -> bool:
    """Run the tests in a child process; the quick modules first, the first failure ends it."""
    child = os.fork()
    if child == 0:
        code = 1
        with Path(os.devnull).open("w") as quiet, contextlib.redirect_stdout(quiet):
            os.dup2(quiet.fileno(), 2)
            sys.meta_path.insert(0, _Hook(mutant))
            code = int(pytest.main(_arguments()))
        os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) != 0


def _arguments() -> list[str]:
    quick = [f"{TESTS}/{name}.py" for name in QUICK if (ROOT / TESTS / f"{name}.py").exists()]
    rest = sorted(
        f"{TESTS}/{path.name}"
        for path in (ROOT / TESTS).glob("test_*.py")
        if path.stem not in (*QUICK, *SLOW)
    )
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts="]
    return [*options, *quick, *rest]


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.edit_mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(MODULES))
    parser.add_argument("--sample", type=int, default=0, help="only so many, chosen by the seed")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    os.chdir(ROOT)
    mutants = [mutant for module in arguments.modules for mutant in mutants_of(module)]
    if arguments.sample:
        mutants = random.Random(arguments.seed).sample(mutants, arguments.sample)
    survivors = 0
    for mutant in mutants:
        if not is_noticed(mutant):
            survivors += 1
            print(f"survived: {mutant.module}.py:{mutant.line}: {mutant.what}", flush=True)
    print(f"{len(mutants) - survivors} of {len(mutants)} changes noticed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
