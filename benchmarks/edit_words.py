"""The explanation that a model writes before a snippet."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.edit_changes import Change


@dataclass(frozen=True, slots=True)
class Words:
    """A way of explaining changes."""

    ranges: float  # share of explanations with a `Replace:` for each change that loses lines
    summed_up: float  # share of those that speak of several changes as one
    contexts: tuple[str, ...]  # drawn for each change: which neighbours it names


# `given`: as the acceptance cases do. `prompt`: as our prompt asks. `sparse`: with less than
# either, as models that do not follow prompts.
WORDS = {
    "given": Words(1, 0, ("between",) * 9 + ("after",) * 4 + ("before",) * 4 + ("nothing",) * 3),
    "prompt": Words(0, 0, ("between",)),
    "sparse": Words(0.5, 0.2, ("between",) * 3 + ("after", "before")),
}


def describe(
    path: str, old: Sequence[str], changes: Sequence[Change], words: Words, rng: random.Random
) -> str:
    """The explanation that goes before the block: each change numbered, or one for all."""
    touched = {n for change in changes for n in range(change.start, change.end)}
    kept = [n for n, line in enumerate(old) if line.strip() and n not in touched]
    parts = [f"**Updating `{path}`**"]
    ranges = rng.random() < words.ranges
    groups = [[change] for change in changes]
    if len(changes) > 1 and rng.random() < words.summed_up:
        groups = [list(changes)]
    for number, group in enumerate(groups, 1):
        if len(groups) > 1:
            parts.append(("" if number == 1 else "\n") + f"Change {number}.")
        kinds = {change.kind for change in group}
        parts.append(f"Type: {kinds.pop() if len(kinds) == 1 else 'replace'}")
        parts.append(f"Summary: Change the code near line {group[0].start + 1}")
        gone = [change for change in group if change.kind != "add"]
        if ranges and gone:
            parts.append("Replace: " + _ranges(gone))
        above = next((old[n].strip() for n in reversed(kept) if n < group[0].start), "")
        below = next((old[n].strip() for n in kept if n >= group[-1].end), "")
        parts.append("Context: " + _context(above, below, rng.choice(words.contexts)))
    return "\n".join(parts) + "\n"


def _ranges(changes: Sequence[Change]) -> str:
    spans = [
        str(change.start + 1)
        if change.start + 1 == change.end
        else f"{change.start + 1}-{change.end}"
        for change in changes
    ]
    word = "line" if len(spans) == 1 and "-" not in spans[0] else "lines"
    return f"{word} {', '.join(spans)}"


def _context(above: str, below: str, form: str) -> str:
    """The neighbours of a change in one of the ways in which models name them."""
    upper, lower = _quoted(above), _quoted(below)
    if form == "nothing" or (not upper and not lower):
        return "Located where the rest of the code is"
    if form == "between" and upper and lower:
        return f"Located between {upper} and {lower}"
    if upper and (form == "after" or not lower):
        return f"Located after {upper}"
    return f"Located before {lower}"


def _quoted(line: str) -> str:
    """The line in backticks, cut where a person would cut it; empty when that cannot be."""
    return f"`{line[:60].rstrip()}`" if line and "`" not in line else ""
