"""Single changes of the engine's modules: which there are, and the code that holds all of them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

PACKAGE = "execution.logic.edits"
FOLDER = Path(__file__).resolve().parent.parent / PACKAGE.replace(".", "/")

SWAPS: dict[str, str] = {
    "Lt": "LtE", "LtE": "Lt", "Gt": "GtE", "GtE": "Gt", "Eq": "NotEq", "NotEq": "Eq",
    "In": "NotIn", "NotIn": "In", "Is": "IsNot", "IsNot": "Is", "And": "Or", "Or": "And",
    "Add": "Sub", "Sub": "Add", "any": "all", "all": "any",
}  # fmt: skip
_FILLS = ("append", "extend", "add", "update")


@dataclass(frozen=True, slots=True)
class Mutant:
    module: str  # as in `checks.gate`
    number: int  # the place of the changed node in a walk through the module
    part: int  # which of its changes
    line: int
    what: str
    function: str  # the outermost one around it; empty for a constant of the module
    place: str  # the same as long as that function is
    name: str = ""  # of that constant
    value: int = 0

    @property
    def path(self) -> str:
        return f"{self.module.replace('.', '/')}.py"

    @property
    def key(self) -> str:
        return f"{self.module}:{self.number}.{self.part}"


def module_name(path: Path) -> str:
    """`checks.gate`, of the file `…/edits/checks/gate.py`."""
    return ".".join(path.relative_to(FOLDER).with_suffix("").parts)


def source_of(module: str) -> str:
    return (FOLDER / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")


def mutants_of(module: str) -> list[Mutant]:
    return mutants_in(source_of(module), module)


def mutants_in(source: str, module: str) -> list[Mutant]:
    """Every single change of a module, in the order of its lines."""
    tree = ast.parse(source)
    functions = _functions(tree)
    found = []
    counts: Counter[tuple[str, str]] = Counter()
    for number, node in enumerate(ast.walk(tree)):
        for part, what in enumerate(changes_of(node)):
            line: int = getattr(node, "lineno", 0)
            constant = _constant(tree, node)
            if id(node) not in functions and constant is None:
                raise ValueError(
                    f"{module}:{line}: the import runs it, so no switch could change it"
                )
            function, text = functions.get(id(node), ("", str(constant)))
            counts[function, text] += 1
            digest = sha256(text.encode()).hexdigest()[:12]
            place = f"{module}:{function}:{digest}:{counts[function, text]}"
            name, value = constant if constant is not None and not function else ("", 0)
            found.append(Mutant(module, number, part, line, what, function, place, name, value))
    return sorted(found, key=lambda mutant: (mutant.line, mutant.number, mutant.part))


def _functions(tree: ast.Module) -> dict[int, tuple[str, str]]:
    """For each node that runs after the import the outermost function around it, and its text."""
    found: dict[int, tuple[str, str]] = {}
    for function in ast.walk(tree):
        match function:
            case ast.FunctionDef(name=name, body=body):
                pass
            case ast.Lambda(body=expression):
                name, body = "lambda", [ast.Expr(expression)]
            case _:
                continue
        text = ast.unparse(function)
        for node in (node for statement in body for node in ast.walk(statement)):
            found.setdefault(id(node), (name, text))
    return found


def _constant(tree: ast.Module, node: ast.AST) -> tuple[str, int] | None:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int(value))):
            return (name, value + 1) if node in tree.body else None
        case _:
            return None


def changes_of(node: ast.AST) -> list[str]:
    """In words; `edit_switched` makes them in the same order."""
    match node:
        case ast.Compare():
            return [change.what for change in comparisons(node)]
        case ast.BoolOp(op=op) | ast.BinOp(op=op, right=ast.Constant(value=int())) if (
            type(op).__name__ in SWAPS
        ):
            return [_swap(type(op).__name__)]
        case ast.UnaryOp(op=ast.Not()):
            return ["drop not"]
        case ast.Return(value=ast.Constant(value=bool(value))):
            return [f"return {not value}"]
        case ast.Assign(value=ast.Constant(value=int(value))) if not isinstance(value, bool):
            return [f"{value} -> {value + 1}"]
        case ast.AugAssign(op=op, value=ast.Constant(value=int()) | ast.Compare()):
            return [_swap(type(op).__name__)]
        case ast.Call(func=ast.Name(id="any" | "all" as name)):
            return [_swap(name)]
        case ast.Expr(value=ast.Yield(value=ast.Constant(value=str(value)))):
            return [f"no {value}"]
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))) if name in _FILLS:
            return [f"no {name}"]
        case _:
            return []


def _swap(name: str) -> str:
    return f"{name} -> {SWAPS[name]}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Operators between values, and one change of what they compare."""

    operators: tuple[str, ...]
    what: str = ""
    number: tuple[int, int] | None = None  # the operand at this place is another number
    without: int | None = None  # this member is not in the list


def comparison_of(node: ast.Compare) -> Comparison:
    return Comparison(tuple(type(op).__name__ for op in node.ops))


def comparisons(node: ast.Compare) -> Iterator[Comparison]:
    """Each change of it."""
    names = comparison_of(node).operators
    for at, name in enumerate(names):
        yield Comparison((*names[:at], SWAPS[name], *names[at + 1 :]), _swap(name))
    for at, operand in enumerate((node.left, *node.comparators)):
        match operand:
            case ast.Constant(value=int(value)) if not isinstance(value, bool):
                yield Comparison(names, f"{value} -> {value + 1}", number=(at, value + 1))
    for at, member in enumerate(members(node)):
        yield Comparison(names, f"without {ast.unparse(member)}", without=at)


def members(node: ast.Compare) -> Sequence[ast.expr]:
    """What the left side may be, where a membership is tested in a list that is written there."""
    match node:
        case ast.Compare(
            ops=[ast.In() | ast.NotIn()],
            comparators=[ast.Tuple(elts=elts) | ast.Set(elts=elts) | ast.List(elts=elts)],
        ) if len(elts) > 1 and not any(isinstance(one, ast.Starred) for one in elts):
            return elts
        case _:
            return ()
