"""What a commit changes in a file, as its author would tell it: changes of whole units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Change:
    """Lines [start, end) of the old text become lines [new_start, new_end) of the new."""

    start: int
    end: int
    new_start: int
    new_end: int

    @property
    def kind(self) -> str:
        if self.start == self.end:
            return "add"
        return "remove" if self.new_start == self.new_end else "replace"


def spans_of(old: Sequence[str], new: Sequence[str], *, hard: bool = False) -> list[Change]:
    """The changes; ``hard``: a unit that goes behind a changed line may be a part of its change."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    found = [
        Change(i1, i2, j1, j2) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"
    ]
    split = [part for change in _merged(found, old) for part in _split_at_unit(change, old, hard)]
    return [_settled(change, old, new) for change in split]


def _split_at_unit(change: Change, old: Sequence[str], hard: bool) -> list[Change]:
    """A change that ends before a line which it also holds goes on behind its own.

    Whole units that go after a changed one are a removal of their own, not a part of that change.
    """
    below = old[change.end] if change.end < len(old) else ""
    if change.kind != "replace" or not below.strip():
        return [change]
    at = next((n for n in range(change.start, change.end) if old[n] == below), -1)
    if at < 0 or not (closes(below) or (not hard and _holds_unit(old[at + 1 : change.end + 1]))):
        return [change]
    last = change.new_end
    first = [Change(change.start, at, change.new_start, last)]
    return [*first, Change(at + 1, change.end + 1, last + 1, last + 1)]


def _holds_unit(lines: Sequence[str]) -> bool:
    """The end of a block, a gap, and more code: one unit ends here and another one begins."""
    ends = [n for n, line in enumerate(lines) if closes(line)]
    return bool(ends) and any(not line.strip() for line in lines[ends[0] :])


def closes(line: str) -> bool:
    """Whether the line ends a block."""
    text = line.strip()
    return bool(text) and (text[0] in "}])" or text.startswith(("end", "</")))


def _merged(changes: Sequence[Change], old: Sequence[str]) -> list[Change]:
    """Changes with nothing but blank lines between them are one, as its author would say."""
    merged: list[Change] = []
    for change in changes:
        if merged and not any(line.strip() for line in old[merged[-1].end : change.start]):
            last = merged.pop()
            change = Change(last.start, change.end, last.new_start, change.new_end)
        merged.append(change)
    return merged


def _settled(change: Change, old: Sequence[str], new: Sequence[str]) -> Change:
    """Slide a pure insertion or removal up to where it is a unit, as a person would see it."""
    if change.kind == "replace":
        return change
    lines, start, end = (
        (new, change.new_start, change.new_end)
        if change.kind == "add"
        else (old, change.start, change.end)
    )
    best, best_score = 0, _unit_score(lines, start, end)
    for direction in (-1, 1):
        shift = 0
        while abs(shift) < 200:
            low, high = start + shift, end + shift
            if direction < 0 and (low <= 0 or lines[low - 1] != lines[high - 1]):
                break
            if direction > 0 and (high >= len(lines) or lines[low] != lines[high]):
                break
            if direction < 0 and min(change.start, change.new_start) + shift <= 0:
                break
            shift += direction
            score = _unit_score(lines, start + shift, end + shift)
            if score < best_score:
                best, best_score = shift, score
    return Change(
        change.start + best, change.end + best, change.new_start + best, change.new_end + best
    )


def _unit_score(lines: Sequence[str], start: int, end: int) -> tuple[int, int, int]:
    """Lower is better: begins with code that closes nothing, at the least indentation."""
    first = next((line for line in lines[start:end] if line.strip()), "")
    closes = bool(first) and (first.strip()[0] in "}])" or first.strip().startswith(("end", "</")))
    return (int(closes), indentation(first), int(not lines[start].strip()))


def indentation(line: str) -> int:
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip(" "))
