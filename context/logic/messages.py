"""What `load`, `update` and `rm` tell: a summary line and a table.

The CLI prints these texts, and they are the commit messages that `plandex log` shows.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from context.logic.display import display_width
from context.logic.items import ContextItem, ContextType
from context.logic.limits import Overflow

COIN = "🪙"
_GREEN, _RED = "92", "91"
_SGR = re.compile("\x1b\\[[0-9;]*m")

# A type's icon, its label in tables, and how a summary names one or several of it.
_ICONS = {
    ContextType.FILE: "📄",
    ContextType.URL: "🌎",
    ContextType.NOTE: "✏️ ",
    ContextType.DIRECTORY_TREE: "🗂 ",
    ContextType.PIPED_DATA: "↔️ ",
    ContextType.IMAGE: "🖼️ ",
    ContextType.MAP: "🗺️ ",
}
_LABELS = {
    **{kind: kind.value for kind in ContextType},
    ContextType.DIRECTORY_TREE: "tree",
    ContextType.PIPED_DATA: "piped",
}
_LOADED = {
    ContextType.NOTE: ("a note", "notes"),
    ContextType.PIPED_DATA: ("piped data", "sets of piped data"),
    ContextType.FILE: ("1 file", "files"),
    ContextType.DIRECTORY_TREE: ("1 directory tree", "directory trees"),
    ContextType.URL: ("1 url", "urls"),
    ContextType.MAP: ("1 map", "maps"),
    ContextType.IMAGE: ("1 image", "images"),
}
_UPDATED = {
    ContextType.FILE: ("1 file", "files"),
    ContextType.DIRECTORY_TREE: ("1 tree", "trees"),
    ContextType.URL: ("1 url", "urls"),
    ContextType.MAP: ("1 map", "maps"),
    ContextType.IMAGE: ("1 image", "images"),
    ContextType.NOTE: ("1 note", "notes"),
    ContextType.PIPED_DATA: ("1 set of piped data", "sets of piped data"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: what happened to an item, and the change of its tokens."""

    item: ContextItem
    tokens: int


def load_message(loaded: Sequence[ContextItem], *, total: int, colour: bool = True) -> str:
    """`Loaded …`, with a table if anything was."""
    added = sum(item.num_tokens for item in loaded)
    if not loaded:
        return f"Nothing loaded: it is all in context | added → 0 {COIN} |  total → {total} {COIN}"
    what = listed(loaded, _LOADED)
    summary = f"Loaded {what} into context | added → {added} {COIN} |  total → {total} {COIN}"
    rows = [Row(item, item.num_tokens) for item in loaded]
    cells = [_cells(row, f"+{row.tokens}", _GREEN if colour else None) for row in rows]
    return summary + "\n\n" + _table(cells)


def update_message(updated: Sequence[Row], *, total: int, colour: bool = True) -> str:
    """`Updated …`, with a table if anything was."""
    if not updated:
        return f"Nothing changed in context | added → 0 {COIN} | total → {total} {COIN}"
    change = sum(row.tokens for row in updated)
    what = listed([row.item for row in updated], _UPDATED)
    action = "added" if change >= 0 else "removed"
    summary = (
        f"Updated {what} in context | {action} → {abs(change)} {COIN} | total → {total} {COIN}"
    )
    cells = []
    for row in updated:
        code = _GREEN if row.tokens >= 0 else _RED
        cells.append(_cells(row, f"{row.tokens:+d}", code if colour else None))
    return summary + "\n\n" + _table(cells) + "\n"


def remove_message(removed: Sequence[ContextItem], *, total: int, colour: bool = True) -> str:
    """`Removed …`, with a table if anything was."""
    tokens = sum(item.num_tokens for item in removed)
    pieces = "piece" if len(removed) == 1 else "pieces"
    summary = (
        f"Removed {len(removed)} {pieces} of context | removed → {tokens} {COIN} "
        f"| total → {total} {COIN}"
    )
    if not removed:
        return summary
    rows = [Row(item, item.num_tokens) for item in removed]
    cells = [_cells(row, f"-{row.tokens}", _RED if colour else None) for row in rows]
    return summary + "\n\n" + _table(cells) + "\n"


def overflow_message(overflow: Overflow, *, verb: str) -> str:
    """Why nothing was stored. `load` and `update` of the CLI print this and nothing else."""
    excess = overflow.total_tokens - overflow.max_tokens
    return (
        f"Not {verb}: would add {overflow.tokens_added} {COIN} and exceed the token limit "
        f"({overflow.max_tokens}) by {excess} {COIN}"
    )


def without_colour(text: str) -> str:
    return _SGR.sub("", text)


def listed(items: Iterable[ContextItem], words: dict[ContextType, tuple[str, str]]) -> str:
    """`a note, 2 files, and 1 map`, in the order of `words`."""
    kinds = [item.context_type for item in items]
    parts = []
    for kind, (one, many) in words.items():
        number = kinds.count(kind)
        if number:
            parts.append(one if number == 1 else f"{number} {many}")
    if len(parts) <= 2:
        return " and ".join(parts)
    return ", ".join(parts[:-1]) + ", and " + parts[-1]


def _cells(row: Row, change: str, code: str | None) -> tuple[str, str, str]:
    name = f" {_ICONS[row.item.context_type]} {_one_line(row.item.name)}"
    label = _LABELS[row.item.context_type]
    if code is None:
        return name, label, change
    return _coloured(name, f"{code};1"), _coloured(label, code), _coloured(change, code)


def _coloured(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


def _one_line(name: str) -> str:
    """A name can hold line ends and terminal codes; neither may reach the table."""
    return "".join(char if char.isprintable() else "�" for char in name)


def _table(rows: Sequence[tuple[str, str, str]]) -> str:
    """An ASCII grid: headings centred, cells left-aligned with one blank on each side."""
    headings = ("NAME", "TYPE", COIN)
    widths = [
        max(_width(line[column]) for line in (headings, *rows)) for column in range(len(headings))
    ]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    lines = [rule, _line(headings, widths, centred=True), rule]
    lines += [_line(row, widths, centred=False) for row in rows]
    return "\n".join([*lines, rule])


def _line(cells: Sequence[str], widths: Sequence[int], *, centred: bool) -> str:
    parts = []
    for cell, width in zip(cells, widths, strict=True):
        gap = width - _width(cell)
        left = gap // 2 if centred else 0
        parts.append(f" {' ' * left}{cell}{' ' * (gap - left)} ")
    return "|" + "|".join(parts) + "|"


def _width(cell: str) -> int:
    return display_width(without_colour(cell))
