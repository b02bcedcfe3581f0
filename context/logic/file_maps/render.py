"""Entries as text, and the texts of many files as one body."""

from __future__ import annotations

from collections.abc import Mapping

from .entries import Entry
from .limits import truncate_input

NO_MAP = "[NO MAP]"


def render(entries: list[Entry]) -> str:
    """One line per entry, nested by two blanks and a dash per level; at most as long as a file."""
    lines = [
        f"{'  ' * entry.depth}- {entry.text}\n" if entry.depth else f"{entry.text}\n"
        for entry in entries
    ]
    return truncate_input("".join(lines))


def combined_map(parts: Mapping[str, str], tokens: Mapping[str, int]) -> str:
    """Join the maps of many files, in byte order of their paths, under headings.

    The number in a heading is the token count of the file, not of its map.
    """
    return "".join(
        f"\n### {path} ({tokens.get(path, 0)} 🪙)\n\n{parts[path].strip() or NO_MAP}\n"
        for path in sorted(parts, key=_bytes)
    )


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogatepass")
