"""Statements that import or re-export names, in the languages of which that can be told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from execution.logic.edits.text.languages import extension

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
        if not _BEGINS.match(lines[at]):
            at += 1
            continue
        end = _end(lines, at)
        text = " ".join(_COMMENT.sub("", line).strip() for line in lines[at:end])
        statement = read(text.rstrip("; ")) if len(text) <= MAX_CHARACTERS else None
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


def names_are_unique(path: str) -> bool:
    """No two statements can give one name, wherever they take it from."""
    return _READERS.get(extension(path)) is _ecma
