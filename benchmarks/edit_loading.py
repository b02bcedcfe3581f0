"""How Python comes to load the modules with every change in them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

from benchmarks.edit_mutations import PACKAGE, Mutant, source_of
from benchmarks.edit_switched import SWITCH, with_switches
from benchmarks.edit_switches import Switch

SWITCHED = Switch()


class _Loader(SourceFileLoader):
    mutants: Sequence[Mutant] = ()

    def get_code(self, fullname: str) -> CodeType:
        """Without the compiled files, which are those of the unchanged module."""
        module = fullname.removeprefix(f"{PACKAGE}.")
        source = source_of(module)
        SWITCHED.learn(source, module)
        tree: ast.Module = with_switches(source, module, self.mutants)
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
    if hasattr(other, "__path__"):
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
