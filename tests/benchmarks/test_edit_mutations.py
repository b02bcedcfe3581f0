"""Changes that are made in a running program: each takes effect wherever the code stands."""

import ast
from types import ModuleType

import pytest

from benchmarks.edit_mutants import MODULES
from benchmarks.edit_mutations import Mutant, mutants_in, mutants_of, source_of
from benchmarks.edit_switched import SWITCH, with_switches
from benchmarks.edit_switches import Switch

SAMPLE = """\
from functools import lru_cache

def nested(a):
    def inner(b):
        return a < b
    return [inner(b) for b in (1, 2, 3)]

def default(a):
    kept = lambda b=(a is None): b
    return kept()

@lru_cache(maxsize=None)
def cached(a):
    return not a

class Thing:
    @property
    def told(self):
        return True

    @classmethod
    def made(cls, a):
        count = 4
        return (a or 2) if a != 3 else count

def bound(a):
    if (b := a) and (c := b + 1) > 2:
        return c
    return b

def several(a):
    return a and (a > 3 or a in (1, 2)) and {"a": (a == 2 or not a)}

def reasons(a):
    if a >= 2:
        yield "large"
    yield "any"

def found(a):
    return [b for b in range(4) if b <= a and (d := b) not in (0, 1) or b is None]

def counted(a):
    found = []
    for b in range(4):
        if 0 <= b < 3 and any(c == b for c in (a, 1)):
            found.append(b + 1)
    total = 0
    total += 1
    total -= a == 2
    return found, total, all(b > 1 for b in found)

def answers():
    for a in (None, 0, 1, 2, 3, 4):
        yield default(a), cached(a), Thing().told, Thing.made(a), bound(a), several(a)
        if a is not None:
            yield nested(a), list(reasons(a)), found(a), counted(a)
"""
# Line, the text there, and the text that the change stands for.
CHANGES = [
    (5, "a < b", "a <= b"),
    (9, "a is None", "a is not None"),
    (14, "not a", "bool(a)"),
    (19, "True", "False"),
    (23, "4", "5"),
    (24, "a or 2", "a and 2"),
    (24, "a != 3", "a == 3"),
    (24, "a != 3", "a != 4"),
    (27, ") and (", ") or ("),
    (27, "> 2", ">= 2"),
    (27, "> 2", "> 3"),
    (27, "b + 1", "b - 1"),
    (32, "a and (a > 3 or a in (1, 2)) and", "a or (a > 3 or a in (1, 2)) or"),
    (32, "> 3", ">= 3"),
    (32, "> 3", "> 4"),
    (32, "(1, 2)", "(1,)"),
    (32, "(1, 2)", "(2,)"),
    (32, "== 2", "== 3"),
    (32, "> 3 or", "> 3 and"),
    (32, "a in (", "a not in ("),
    (32, "a == 2", "a != 2"),
    (32, "2 or not", "2 and not"),
    (32, "not a", "bool(a)"),
    (35, "a >= 2", "a > 2"),
    (35, "a >= 2", "a >= 3"),
    (36, 'yield "large"', "pass"),
    (37, 'yield "any"', "pass"),
    (40, "b <= a", "b < a"),
    (40, " not in ", " in "),
    (40, "(0, 1)", "(0,)"),
    (40, "(0, 1)", "(1,)"),
    (40, " b is None", " b is not None"),
    (40, "b <= a and (d := b) not in (0, 1)", "(b <= a or (d := b) not in (0, 1))"),
    (40, "(0, 1) or", "(0, 1) and"),
    (45, "0 <= b", "0 < b"),
    (45, "0 <= b", "1 <= b"),
    (45, "< 3", "<= 3"),
    (45, "< 3", "< 4"),
    (45, "3 and", "3 or"),
    (45, "any", "all"),
    (45, "c == b", "c != b"),
    (46, "found.append(b + 1)", "pass"),
    (46, "b + 1", "b - 1"),
    (47, "0", "1"),
    (48, "+=", "-="),
    (49, "-=", "+="),
    (49, "== 2", "!= 2"),
    (49, "== 2", "== 3"),
    (50, "all", "any"),
    (50, "> 1", ">= 1"),
    (50, "> 1", "> 2"),
    (55, "a is not None", "a is None"),
]


def _answers(tree: ast.Module, switch: Switch | None = None) -> str:
    module = ModuleType("sample")
    setattr(module, SWITCH, switch)
    exec(compile(tree, "sample", "exec"), module.__dict__)
    try:
        return str(list(module.__dict__["answers"]()))
    except Exception as error:
        return str(error)


def _switch(source: str, on: str = "") -> Switch:
    switch = Switch(on)
    switch.learn(source, "sample")
    return switch


def _as_text(line: int, old: str, new: str) -> str:
    lines = SAMPLE.splitlines()
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    return "\n".join(lines)


UNCHANGED = _answers(ast.parse(SAMPLE))


def test_each_change_does_what_another_text_would_do() -> None:
    """Among closures, defaults, properties, caches and names that are bound on the way."""
    mutants = mutants_in(SAMPLE, "sample")
    tree = with_switches(SAMPLE, "sample", mutants)
    wanted = [(line, _answers(ast.parse(_as_text(line, *texts)))) for line, *texts in CHANGES]
    made = [(one.line, _answers(tree, _switch(SAMPLE, one.key))) for one in mutants]
    assert sorted(made) == sorted(wanted)
    assert UNCHANGED not in {answers for _, answers in made}
    assert _answers(tree, _switch(SAMPLE)) == UNCHANGED


def test_where_a_change_makes_a_difference_it_is_noted() -> None:
    mutants = mutants_in(SAMPLE, "sample")
    tree = with_switches(SAMPLE, "sample", mutants)
    switch = _switch(SAMPLE)
    switch.records = True
    assert _answers(tree, switch) == UNCHANGED
    assert switch.differ == {mutant.key for mutant in mutants}


@pytest.mark.parametrize(
    ("text", "differs"),
    [
        ("1 < 2", False),
        ("2 < 2", True),
        ("True and 1 < 2", False),
        ("0 or 2", True),
        ("2 and 2", False),
        ("1 and True", True),  # equal, but not the same
        ("True or 1 / 0", True),  # what would be asked fails
        ("not 1", True),
    ],
)
def test_a_change_is_noted_where_its_value_is_another_one(text: str, differs: bool) -> None:
    source = f"def answers():\n    return [{text}]\n"
    mutants = mutants_in(source, "sample")
    switch = _switch(source)
    switch.records = True
    assert _answers(with_switches(source, "sample", mutants), switch) == str([eval(text)])
    assert (f"sample:{_outermost(mutants)}.0" in switch.differ) is differs


def _outermost(mutants: list[Mutant]) -> int:
    return min(mutant.number for mutant in mutants)


@pytest.mark.parametrize("module", MODULES)
def test_every_change_of_a_module_has_its_switch(module: str) -> None:
    mutants = mutants_of(module)
    tree = with_switches(source_of(module), module, mutants)
    asked = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == SWITCH
        and isinstance(node.args[0], ast.Constant)
    }
    assert asked == {f"{module}:{mutant.number}" for mutant in mutants if not mutant.name}
    for name in (mutant.name for mutant in mutants if mutant.name):
        assert name not in _read_by_import(ast.parse(source_of(module)))


def _read_by_import(tree: ast.Module) -> set[str]:
    """A constant that is read then would keep what was made of it."""
    later = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for statement in function.body
        for node in ast.walk(statement)
    }
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in later
    }


@pytest.mark.parametrize("text", ["def f(a=not 1): ...", "class A:\n    b = 1\n", "x = 1 < 2"])
def test_what_the_import_runs_cannot_be_changed_afterwards(text: str) -> None:
    with pytest.raises(ValueError, match="the import runs it"):
        mutants_in(text, "sample")


def test_a_constant_of_the_module_is_changed() -> None:
    mutant = mutants_in("LIMIT = 3\n", "sample")[0]
    assert (mutant.name, mutant.value, mutant.function) == ("LIMIT", 4, "")


def test_a_place_is_known_while_its_function_is_the_same() -> None:
    first = "LIMIT = 3\n\ndef one(a):\n    return not a\n\ndef two(a):\n    return a > 2\n"
    later = first.replace("def one", "NEW = 4\n\ndef one").replace("a > 2", "a > 3")
    before, after = ({m.place for m in mutants_in(text, "sample")} for text in (first, later))
    assert len(before) == 4
    assert len(before & after) == 2
