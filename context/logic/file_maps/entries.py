"""What a mapper finds in one file, before it is written as text."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_LINE = 300
MAX_TYPES = 80
"""Characters of type parameters that a long line shows before the name that they stand before."""


@dataclass(slots=True)
class Entry:
    """One definition: `text` is its rendered line without indentation and marker.

    Never changed once made; not frozen because frozen ones take three times as long to make.
    """

    kind: str
    name: str
    depth: int
    text: str
    # The stretch of source that the line was made of, in bytes; 0 where nobody asks for it.
    begin: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


def nesting(entries: list[Entry]) -> list[tuple[Entry, tuple[str, ...]]]:
    """Pair every entry with the names of its enclosing definitions, outermost first."""
    path: list[str] = []
    paired: list[tuple[Entry, tuple[str, ...]]] = []
    for entry in entries:
        del path[entry.depth :]
        paired.append((entry, tuple(path)))
        path.append(entry.name)
    return paired


def cut_line(line: str) -> str:
    """Cut a long line at the last parameter that fits, with an ellipsis."""
    if len(line) <= MAX_LINE:
        return line
    line = _without_types(line)
    if len(line) <= MAX_LINE:
        return line
    end = line.rfind(", ", 0, MAX_LINE - 2)
    kept = line[: end + 2] if end > MAX_LINE // 3 else line[: MAX_LINE - 1]
    return kept + "…"


def _without_types(line: str) -> str:
    """Without most of the type parameters that would leave the name no room, as in
    `fun <A, B, …> Scope.new(`."""
    call = line.find("(")
    opening = line.find("<", 0, max(call, 0))
    closing = line.rfind(">", opening, call)
    if opening < 0 or closing - opening <= MAX_TYPES:
        return line
    end = line.rfind(", ", opening, opening + MAX_TYPES)
    return line if end < 0 else f"{line[: end + 2]}…{line[closing:]}"


def balanced(line: str) -> str:
    """Close the parentheses that a cut signature left open."""
    return line + ")" * (line.count("(") - line.count(")"))
