"""The switch that the changed modules ask, and how Python comes to load those."""

from __future__ import annotations

import ast
import operator
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

from benchmarks.edit_mutations import PACKAGE, SWITCH, Mutant, source_of, with_switches

_OPERATORS: dict[str, Callable[[Any, Any], object]] = {
    "Lt": operator.lt, "LtE": operator.le, "Gt": operator.gt, "GtE": operator.ge,
    "Eq": operator.eq, "NotEq": operator.ne, "Is": operator.is_, "IsNot": operator.is_not,
    "In": lambda one, many: one in many,
    "NotIn": lambda one, many: one not in many,
}  # fmt: skip


@dataclass(slots=True)
class Switch:
    """Chooses the old or the new value, or notes where the two differ."""

    on: str = ""  # the key of the change that is made
    records: bool = False
    differ: set[str] = field(default_factory=set)

    def is_on(self, key: str) -> bool:
        if self.records:
            self.differ.add(key)
        return self.on == key

    def choose(self, key: str, old: object, new: object) -> object:
        return new if self.is_on(key) else old

    def negate(self, key: str, value: object) -> object:
        return bool(value) if self.is_on(key) else not value

    def compare(self, key: str, left: object, right: object, old: str, new: str) -> object:
        if self.on == key:
            return _OPERATORS[new](left, right)
        value = _OPERATORS[old](left, right)
        if self.records and value != _OPERATORS[new](left, right):
            self.differ.add(key)
        return value

    def note(self, key: str, value: object, changed: Callable[[], object]) -> object:
        """A changed value that cannot be found out is another one."""
        if key not in self.differ:
            self.records = False  # what the other way would ask does not happen
            try:
                other = changed()
                same = type(other) is type(value) and bool(other == value)
            except Exception:
                same = False
            self.records = True
            if not same:
                self.differ.add(key)
        return value


SWITCHED = Switch()


class _Loader(SourceFileLoader):
    mutants: Sequence[Mutant] = ()

    def get_code(self, fullname: str) -> CodeType:
        """Without the compiled files, which are those of the unchanged module."""
        module = fullname.removeprefix(f"{PACKAGE}.")
        tree: ast.Module = with_switches(source_of(module), module, self.mutants)
        return compile(tree, self.path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        setattr(module, SWITCH, SWITCHED)
        super().exec_module(module)


class _Finder(MetaPathFinder):
    def __init__(self, mutants: Sequence[Mutant]) -> None:
        self.mutants = mutants
        self.names = {f"{PACKAGE}.{mutant.module}" for mutant in mutants}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self.names:
            return None
        spec = PathFinder.find_spec(fullname, path)
        assert spec is not None and spec.origin is not None
        spec.loader = _Loader(fullname, spec.origin)
        spec.loader.mutants = self.mutants
        return spec


def install(mutants: Sequence[Mutant]) -> None:
    """From now on the modules are loaded with the changes in them, all switched off."""
    finder = _Finder(mutants)
    loaded = finder.names & set(sys.modules)
    if loaded:
        raise RuntimeError(f"loaded already: {', '.join(sorted(loaded))}")
    sys.meta_path.insert(0, finder)


def switch_on(mutant: Mutant) -> None:
    """Make the change in this process."""
    SWITCHED.on = mutant.key
    if mutant.name:
        owner = sys.modules[f"{PACKAGE}.{mutant.module}"]
        for module in list(sys.modules.values()):
            if module is owner or _imports(module, owner, mutant.name):
                setattr(module, mutant.name, mutant.value)
    _forget_results()


def _imports(other: ModuleType, owner: ModuleType, name: str) -> bool:
    """Whether a module of the engine has taken the constant over by its name."""
    if not other.__name__.startswith(f"{PACKAGE}.") or name not in vars(other):
        return False
    if not (other.__file__ or "").endswith(".py") or hasattr(other, "__path__"):
        return False
    tree = ast.parse(source_of(other.__name__.removeprefix(f"{PACKAGE}.")))
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == owner.__name__
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
