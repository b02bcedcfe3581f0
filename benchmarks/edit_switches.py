"""The switch that the changed modules ask."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from benchmarks.edit_mutations import SWAPS, Comparison, comparison_of, comparisons

_OPERATORS: dict[str, Callable[[Any, Any], object]] = {
    "Lt": operator.lt, "LtE": operator.le, "Gt": operator.gt, "GtE": operator.ge,
    "Eq": operator.eq, "NotEq": operator.ne, "Is": operator.is_, "IsNot": operator.is_not,
    "In": lambda one, many: one in many, "NotIn": lambda one, many: one not in many,
    "Add": operator.add, "Sub": operator.sub,
}  # fmt: skip


def _result(comparison: Comparison, values: Sequence[Any]) -> bool:
    known = list(values)
    if comparison.number is not None:
        known[comparison.number[0]] = comparison.number[1]
    if comparison.without is not None:
        at = comparison.without
        known[-1] = (*known[-1][:at], *known[-1][at + 1 :])
    pairs = zip(comparison.operators, pairwise(known), strict=True)
    return all(_OPERATORS[name](*pair) for name, pair in pairs)


@dataclass(slots=True)
class Switch:
    """Chooses the old or the new value, or notes where the two differ.

    A node is known by its module and number, each of its changes by one number more.
    """

    on: str = ""  # the change that is made
    records: bool = False
    differ: set[str] = field(default_factory=set)
    tests: dict[str, tuple[Comparison, dict[str, Comparison]]] = field(default_factory=dict)

    def learn(self, source: str, module: str) -> None:
        """The comparisons of a module, and their changes."""
        for number, node in enumerate(ast.walk(ast.parse(source))):
            if isinstance(node, ast.Compare):
                key = f"{module}:{number}"
                changes = {f"{key}.{part}": one for part, one in enumerate(comparisons(node))}
                self.tests[key] = comparison_of(node), changes

    def is_on(self, node: str) -> bool:
        if self.records:
            self.differ.add(f"{node}.0")
        return self.on == f"{node}.0"

    def choose(self, node: str, old: object, new: object) -> object:
        return new if self.is_on(node) else old

    def negate(self, node: str, value: object) -> object:
        return bool(value) if self.is_on(node) else not value

    def negative(self, node: str, value: int) -> int:
        if self.on == f"{node}.0":
            return -value
        if self.records and value:
            self.differ.add(f"{node}.0")
        return value

    def count(self, node: str, left: object, right: object, name: str) -> object:
        return _OPERATORS[SWAPS[name] if self.is_on(node) else name](left, right)

    def compare(self, node: str, *values: object) -> bool:
        old, changes = self.tests[node]
        if self.on in changes:
            return _result(changes[self.on], values)
        if len(values) == 2:  # nearly all, and some are asked for every character
            value = bool(_OPERATORS[old.operators[0]](*values))
        else:
            value = _result(old, values)
        if self.records and not self.differ.issuperset(changes):
            new = (key for key in changes if key not in self.differ)
            self.differ.update([key for key in new if _result(changes[key], values) != value])
        return value

    def quantify(self, node: str, items: Iterable[object], name: str) -> bool:
        function, other = (any, all) if name == "any" else (all, any)
        if self.on == f"{node}.0":
            return other(items)
        if not self.records:
            return function(items)
        seen: list[bool] = []
        value = function(_noted(items, seen))
        self.note(node, value, lambda: other([*seen, *(bool(item) for item in items)]))
        return value

    def note(self, node: str, value: object, changed: Callable[[], object]) -> object:
        """A changed value that cannot be found out is another one."""
        key = f"{node}.0"
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


def _noted(items: Iterable[object], seen: list[bool]) -> Iterable[bool]:
    for item in items:
        seen.append(bool(item))
        yield seen[-1]
