"""Which lines of the new text a snippet shows: the changes, context, headers and their ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.edit_changes import Change, indentation


@dataclass(frozen=True, slots=True)
class Style:
    context: int
    nested: bool  # one reference for each level that is left out, or one in all
    closers: bool  # the closing lines of shown headers are shown
    outer: bool


def shown_lines(
    old: Sequence[str], new: Sequence[str], changes: Sequence[Change], style: Style
) -> dict[int, str]:
    """New lines the snippet shows, with their roles."""
    shown: dict[int, str] = {}
    end = len(new) - 1 if new and new[-1] == "" else len(new)
    for change in changes:
        first = _solid_back(new, change.new_start, style.context or _needs_upper(new, change))
        below = style.context or _needs_lower(old, new, change)
        last = _solid_on(new, change.new_end, below, end)
        for number in range(first, last):
            shown.setdefault(number, "context")
        for number in range(change.new_start, change.new_end):
            shown[number] = "new"
    for number in sorted(shown):
        if new[number].strip():
            _show_opener(new, number, shown)
            _add_headers(new, number, shown, style)
            if style.closers and shown[number] != "new":
                closer = _closer(new, number)
                if closer is not None:
                    shown.setdefault(closer, "header")
    _close_gaps(new, shown, end)
    return shown


def _needs_upper(new: Sequence[str], change: Change) -> int:
    """Without context lines: none above if the header of the block stands there."""
    at = _solid_back(new, change.new_start, 1)
    below = next((line for line in new[change.new_start :] if line.strip()), "")
    return 0 if new[at].strip() and indentation(new[at]) < indentation(below) else 1


def _needs_lower(old: Sequence[str], new: Sequence[str], change: Change) -> int:
    """Without context lines: none below if the block, of which nothing but code goes, ends."""
    shown = [line for line in new[change.new_start : change.new_end] if line.strip()]
    gone = [line for line in old[change.start : change.end] if line.strip()]
    below = next((line for line in new[change.new_end :] if line.strip()), "")
    level = indentation(below)
    inside = shown and level < indentation(shown[-1])
    return 0 if inside and all(indentation(line) > level for line in gone) else 1


def _solid_back(new: Sequence[str], at: int, reach: int) -> int:
    """The line so many solid lines above."""
    while reach and at > 0:
        at -= 1
        if new[at].strip():
            reach -= 1
    return at


def _solid_on(new: Sequence[str], at: int, reach: int, end: int) -> int:
    while reach and at < end:
        if new[at].strip():
            reach -= 1
        at += 1
    return at


def _add_headers(new: Sequence[str], number: int, shown: dict[int, str], style: Style) -> None:
    level = indentation(new[number])
    at = number
    while level > 0 and at > 0:
        at -= 1
        if not new[at].strip() or indentation(new[at]) >= level:
            continue
        level = indentation(new[at])
        _show_real_header(new, at, shown)
        known = at in shown
        shown.setdefault(at, "header")
        if style.closers and not known:
            closer = _closer(new, at)
            if closer is not None:
                shown.setdefault(closer, "header")


def _show_opener(new: Sequence[str], number: int, shown: dict[int, str]) -> None:
    """A closing line means something only below the header that it closes."""
    text, level, at = new[number].strip(), indentation(new[number]), number
    while at > 0 and (text[0] in "}])" or text.startswith(("end", "</", "else", "fi", "done"))):
        at -= 1
        while at > 0 and (not new[at].strip() or indentation(new[at]) > level):
            at -= 1
        if indentation(new[at]) != level or not new[at].strip():
            return
        shown.setdefault(at, "header")
        _show_real_header(new, at, shown)
        text = new[at].strip()


def _show_real_header(new: Sequence[str], at: int, shown: dict[int, str]) -> None:
    """A brace on its own line says nothing: show the line above that it belongs to."""
    level, back = indentation(new[at]), at
    while new[back].strip() in ("{", "(", "[", ") {", "):") and back > 0:
        back -= 1
        while back > 0 and (not new[back].strip() or indentation(new[back]) > level):
            back -= 1
        if indentation(new[back]) != level:
            return
        shown.setdefault(back, "header")
        if back != at:
            for number in range(back, at):
                shown.setdefault(number, "header")


def _closer(new: Sequence[str], header: int) -> int | None:
    level = indentation(new[header])
    for at in range(header + 1, len(new)):
        if not new[at].strip() or indentation(new[at]) > level:
            continue
        text = new[at].strip()
        closing = text[0] in "}])" or text.startswith(("end", "</"))
        return at if indentation(new[at]) == level and closing else None
    return None


def _close_gaps(new: Sequence[str], shown: dict[int, str], end: int) -> None:
    """Gaps of one line, or of blank lines only, are shown."""
    numbers = [-1, *sorted(shown), end]
    for first, second in pairwise(numbers):
        gap = range(first + 1, second)
        if 0 < len(gap) <= 1 or not any(new[n].strip() for n in gap):
            for number in gap:
                shown[number] = "context"
