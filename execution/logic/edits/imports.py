"""Statements that import or re-export names: of two that give one name, only one can stay.

So it is known what a new one replaces, although nothing else in the texts says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from execution.logic.edits.languages import extension

MAX_LINES, MAX_CHARACTERS = 200, 8000  # of one statement
_BRACKETS = re.compile(r"[(\[{]|[)\]}]")
_COMMENT = re.compile(r"(?:^|\s)(?:#|//).*$")
_ECMA = re.compile(
    r"(?P<kind>import(?: type)?|export(?: type)?)\s+(?P<what>[^'\"]+?)\s*\bfrom\s*"
    r"(?P<source>['\"][^'\"]+['\"])"
)
_REQUIRED = re.compile(
    r"(?P<kind>const|let|var)\s+(?P<what>[\w$]+|\{[^{}]*\})\s*=\s*require\(\s*"
    r"(?P<source>['\"][^'\"]+['\"])\s*\)"
)
_FROM = re.compile(r"from\s+(?P<source>[\w.]+)\s+import\s+\(?(?P<what>[^()]+)\)?")
_MODULE = re.compile(r"import\s+(?P<path>[\w.]+)(?:\s+as\s+(?P<name>\w+))?")
_RUST = re.compile(r"(?P<kind>(?:pub(?:\([\w: ]+\))?\s+)?use)\s+(?P<path>.+)")
_DOTTED = re.compile(
    r"(?P<kind>import(?: static)?|use(?: function| const)?)\s+(?P<path>[\w.\\*]+)"
    r"(?:\s+as\s+(?P<name>\w+))?"
)
_BEGINS = re.compile(r"(?:import|export|from|use|pub|const|let|var)\b")
_CONDITION = re.compile(r"#!?\[|@")  # above a statement: it may hold in some builds only
_ALIAS = re.compile(r"\bas\s+([\w$]+)\s*$")


@dataclass(frozen=True, slots=True)
class Import:
    """One statement at the margin of a file."""

    kind: str
    source: str
    names: frozenset[str]  # as the file knows them, or as it hands them on
    start: int
    lines: tuple[str, ...]

    @property
    def numbers(self) -> range:
        return range(self.start, self.start + len(self.lines))

    def is_part_of(self, text: str) -> bool:
        """Its lines stand together in a text without indentation, with nothing among them."""
        return "\n".join(["", *(line.strip() for line in self.lines), ""]) in text


def imports_in(lines: Sequence[str], path: str) -> list[Import]:
    """The statements in order; one that is made for its effect only is none."""
    read = _READERS.get(extension(path))
    if read is None:
        return []
    found: list[Import] = []
    at = 0
    while at < len(lines):
        end = _end(lines, at) if _BEGINS.match(lines[at]) else at
        text = " ".join(_COMMENT.sub("", line).strip() for line in lines[at:end])
        statement = read(text.rstrip("; ")) if 0 < len(text) <= MAX_CHARACTERS else None
        if statement is None:
            at += 1
            continue
        if not (at and _CONDITION.match(lines[at - 1])):
            found.append(Import(*statement, at, tuple(lines[at:end])))
        at = end
    return found


def _end(lines: Sequence[str], start: int) -> int:
    """Behind the line on which the brackets of the statement are closed, before any other."""
    depth = 0
    for at in range(start, min(len(lines), start + MAX_LINES)):
        if len(lines[at]) > MAX_CHARACTERS or (at > start and _BEGINS.match(lines[at])):
            break
        for bracket in _BRACKETS.findall(_COMMENT.sub("", lines[at])):
            depth += 1 if bracket in "([{" else -1
        if depth <= 0:
            return at + 1
    return start


Read = tuple[str, str, frozenset[str]]


def _ecma(text: str) -> Read | None:
    match = _ECMA.fullmatch(text) or _REQUIRED.fullmatch(text)
    if match is None:
        return None
    kind, source = match["kind"], match["source"][1:-1]
    names = {f"* of {source}" if name == "*" else name for name in _listed(match["what"])}
    side = "export " if kind.startswith("export") else ""
    return kind, source, frozenset(side + name for name in names)


def _python(text: str) -> Read | None:
    match = _FROM.fullmatch(text)
    if match is not None:
        source = match["source"]
        names = {f"* of {source}" if name == "*" else name for name in _listed(match["what"])}
        return "from", source, frozenset(names)
    match = _MODULE.fullmatch(text)
    if match is None:
        return None
    return "import", match["path"], frozenset({match["name"] or match["path"]})


def _rust(text: str) -> Read | None:
    match = _RUST.fullmatch(text)
    if match is None:
        return None
    path = match["path"].strip()
    source = path.partition("{")[0] if "{" in path else path.rpartition("::")[0]
    return match["kind"], source.strip(": "), frozenset(_leaves(path, ""))


def _leaves(path: str, above: str) -> Iterator[str]:
    """The names that a path of Rust with nested lists gives."""
    head, brace, rest = path.partition("{")
    if brace:
        inner = rest.rpartition("}")[0]
        for part in _parts(inner):
            yield from _leaves(part, f"{above}{head.strip()}")
        return
    alias = _ALIAS.search(path)
    if alias is not None:
        yield alias[1]
        return
    last = path.strip().rpartition("::")[2]
    if last == "self":
        last = above.rstrip(": ").rpartition("::")[2]
    if last:
        yield f"* of {above}{path.strip()}" if last == "*" else last


def _parts(text: str) -> Iterator[str]:
    """Pieces between the commas that are outside of braces."""
    depth, start = 0, 0
    for at, character in enumerate(f"{text},"):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "," and depth == 0:
            yield text[start:at].strip()
            start = at + 1


def _dotted(text: str) -> Read | None:
    match = _DOTTED.fullmatch(text)
    if match is None:
        return None
    source, _, name = match["path"].replace("\\", ".").rpartition(".")
    name = f"* of {source}" if name in ("*", "_") else match["name"] or name
    return match["kind"], source, frozenset({name})


def _listed(what: str) -> Iterator[str]:
    """`Main, {A, type B, C as D}`, `* as All` or `a, b as c`: the names behind `as`."""
    for part in re.split(r"[,{}]", what):
        words = part.split()
        if words:
            yield words[-1]


_READERS: dict[str, Callable[[str], Read | None]] = {
    **dict.fromkeys(("js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"), _ecma),
    **dict.fromkeys(("py", "pyi"), _python),
    "rs": _rust,
    **dict.fromkeys(("java", "kt", "kts", "groovy", "scala", "php"), _dotted),
}


@dataclass(slots=True)
class Exchange:
    """Which statements an edit takes out, and which it brings in."""

    gone: list[Import]
    come: list[Import]
    kept: list[Import]
    rest: str  # the new text without its statements
    once: bool  # two statements can't give one name, wherever they take it from

    @classmethod
    def between(cls, old: Sequence[str], new: Sequence[str], path: str) -> Exchange:
        before, after = imports_in(old, path), imports_in(new, path)
        inside = {number for one in after for number in one.numbers}
        rest = "\n".join(line for at, line in enumerate(new) if at not in inside)
        gone, come = _beyond(before, after), _beyond(after, before)
        once = _READERS.get(extension(path)) is _ecma
        return cls(gone, come, _shared(before, gone), rest, once)

    def grown(self) -> set[int]:
        """Lines whose names all come back, from the same source, beside others."""
        forms = _by_source(self.come)
        return {
            number
            for old in self.gone
            for new in forms.get(old.source, ())
            if old.kind == new.kind and old.names <= new.names
            for number in old.numbers
        }

    def replaced(self, written: Sequence[str], *, by_source: bool) -> set[int]:
        """Lines of statements that can't stay beside those the update writes in one piece.

        ``by_source``: one with other names is taken for the new form too, where the file has
        no other of that source and nothing uses the names that go.
        """
        text = "\n".join(["", *(line.strip() for line in written), ""])
        come = [new for new in self.come if new.is_part_of(text)]
        forms = _by_source(come)
        given = {name for new in come for name in new.names}
        return {
            number
            for old in self.gone
            if old.names <= given
            or any(self._is_form(old, new, by_source) for new in forms.get(old.source, ()))
            for number in old.numbers
        }

    def doubles(self) -> bool:
        """A new statement gives a name that an old one gives as well."""
        given: dict[str, set[str]] = {}
        for old in self.kept:
            for name in old.names:
                given.setdefault(name, set()).add(old.source)
        return any(
            name in given and (self.once or new.source in given[name])
            for new in self.come
            for name in new.names
        )

    def _is_form(self, old: Import, new: Import, by_source: bool) -> bool:
        unused = not any(self._uses(name) for name in old.names - new.names)
        if old.names & new.names:
            return unused or bool(new.names - old.names)
        alone = sum(one.source == old.source for one in (*self.gone, *self.kept)) == 1
        return by_source and alone and unused and old.kind == new.kind

    def _uses(self, name: str) -> bool:
        return re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", self.rest) is not None


def _beyond(mine: Sequence[Import], others: Sequence[Import]) -> list[Import]:
    """Those that the other text has not, or not as often."""
    left = Counter(one.lines for one in others)
    found: list[Import] = []
    for one in mine:
        if left[one.lines]:
            left[one.lines] -= 1
        else:
            found.append(one)
    return found


def _shared(before: Sequence[Import], gone: Sequence[Import]) -> list[Import]:
    starts = {one.start for one in gone}
    return [one for one in before if one.start not in starts]


def _by_source(statements: Sequence[Import]) -> dict[str, list[Import]]:
    found: dict[str, list[Import]] = {}
    for one in statements:
        found.setdefault(one.source, []).append(one)
    return found


def in_order_of(candidate: Sequence[str], written: Sequence[str], path: str) -> list[str] | None:
    """The update with neighbouring statements in the order that the candidate has them in.

    None if that is the order they stand in.
    """
    places: dict[tuple[str, ...], int] = {}
    for one in imports_in(candidate, path):
        places[one.lines] = -1 if one.lines in places else one.start
    lines = list(written)
    for run in _runs(imports_in(written, path)):
        if all(places.get(one.lines, -1) >= 0 for one in run):
            ordered = sorted(run, key=lambda one: places[one.lines])
            fresh = [line for one in ordered for line in one.lines]
            lines[run[0].start : run[0].start + len(fresh)] = fresh
    return lines if lines != list(written) else None


def _runs(statements: Sequence[Import]) -> list[list[Import]]:
    """Statements with nothing between them, together."""
    runs: list[list[Import]] = []
    for one in statements:
        if runs and runs[-1][-1].numbers.stop == one.start:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs
