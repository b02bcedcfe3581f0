"""Write a change as a model would: the changed code, and references for what is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.edit_changes import Change, indentation
from benchmarks.edit_shown import Style, shown_lines
from execution.logic.edits.text.similarity import plain_typography

MARKS = {
    "python": ("# ", ""), "ruby": ("# ", ""), "bash": ("# ", ""), "yaml": ("# ", ""),
    "toml": ("# ", ""), "elixir": ("# ", ""), "perl": ("# ", ""), "tcl": ("# ", ""),
    "sql": ("-- ", ""), "lua": ("-- ", ""), "html": ("<!-- ", " -->"),
    "markdown": ("<!-- ", " -->"), "css": ("/* ", " */"), "vue": ("<!-- ", " -->"),
    "svelte": ("<!-- ", " -->"),
}  # fmt: skip
_CONFLICT = re.compile(r"(?:<{7}|={7}|>{7})(?: |$)")
EXTENSIONS = {
    "py": "python", "rb": "ruby", "sh": "bash", "yaml": "yaml", "yml": "yaml", "toml": "toml",
    "ex": "elixir", "exs": "elixir", "pl": "perl", "pm": "perl", "sql": "sql", "lua": "lua",
    "html": "html", "md": "markdown", "css": "css", "vue": "vue", "svelte": "svelte", "tcl": "tcl",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SnippetLine:
    text: str
    role: str  # new, context, header, reference, removal


def elide(
    old: Sequence[str],
    new: Sequence[str],
    changes: Sequence[Change],
    style: Style,
    path: str,
) -> list[SnippetLine] | None:
    """The snippet for a change, or None when it would be longer than useful."""
    shown = shown_lines(old, new, changes, style)
    if sum(change.new_end - change.new_start for change in changes) > 200:
        return None
    end = len(new) - 1 if new and new[-1] == "" else len(new)
    removals = {min(c.new_start, end): c for c in changes if c.kind == "remove"}
    if any(_only_spaces(old, new, c) for c in changes):
        return None
    if any(
        not any(old[n].strip() for n in range(c.start, c.end))
        for c in changes
        if c.kind == "remove"
    ):
        return None  # only blank lines go: there is no marker for that
    if any(_leaves_gap(old, new, c) or _has_conflict(new, c) for c in changes):
        return None
    if new and not new[0].strip() and old[0].strip():
        return None  # blank lines at the start of a file are no code
    if any(_between_gaps(new, number) for number in removals):
        return None  # two gaps stay where a removal leaves one
    fresh = {n for c in changes for n in range(c.new_start, c.new_end)}
    opening, closing = MARKS.get(EXTENSIONS.get(path.rsplit(".", 1)[-1], ""), ("// ", ""))
    lines: list[SnippetLine] = []
    at = 0
    while at < end or at in removals:
        if at in removals:
            lead = lead_of(old[removals[at].start])
            lines.append(SnippetLine(f"{lead}{opening}Plandex: removed code{closing}", "removal"))
            del removals[at]
        if at >= end:
            break
        if at in shown:
            lines.append(SnippetLine(new[at], "new" if at in fresh else shown[at]))
            at += 1
            continue
        stop = at
        while stop < end and stop not in shown and stop not in removals:
            stop += 1
        lines.extend(_reference(new[at:stop], style, opening, closing))
        at = max(stop, at + 1)
    return lines


def _leaves_gap(old: Sequence[str], new: Sequence[str], change: Change) -> bool:
    """Code goes and blank lines take its place: a snippet says that something is removed."""
    gone = any(line.strip() for line in old[change.start : change.end])
    fresh = new[change.new_start : change.new_end]
    return gone and bool(fresh) and not any(line.strip() for line in fresh)


def _has_conflict(new: Sequence[str], change: Change) -> bool:
    """Marks of a merge that were committed: nobody writes them."""
    return any(_CONFLICT.match(line) for line in new[change.new_start : change.new_end])


def _only_spaces(old: Sequence[str], new: Sequence[str], change: Change) -> bool:
    """Only white space at line ends or typography changes: a snippet cannot say that."""
    before, after = old[change.start : change.end], new[change.new_start : change.new_end]
    if any(line and not line.strip() for line in (*before, *after)):
        return True
    trimmed = {plain_typography(line) for line in before if line.strip() and line not in after}
    return any(plain_typography(line) in trimmed for line in after if line not in before)


def _between_gaps(new: Sequence[str], at: int) -> bool:
    return 0 < at < len(new) - 1 and not new[at - 1].strip() and not new[at].strip()


def lead_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _reference(gap: Sequence[str], style: Style, opening: str, closing: str) -> list[SnippetLine]:
    """References for a left-out region; blank lines at its ends may be shown or left out."""
    solid = [line for line in gap if line.strip()]
    mark = f"{opening}... existing code ...{closing}"
    lines: list[SnippetLine] = []
    head = 0
    while not gap[head].strip():
        head += 1
    tail = 0
    while not gap[-1 - tail].strip():
        tail += 1
    lines.extend(SnippetLine(line, "context") for line in gap[:head])
    if style.nested:
        level = 1 << 30
        for line in solid:
            if indentation(line) < level:
                level = indentation(line)
                lines.append(SnippetLine(lead_of(line) + mark, "reference"))
    else:
        lines.append(SnippetLine(lead_of(solid[0]) + mark, "reference"))
    if tail:
        lines.extend(SnippetLine(line, "context") for line in gap[-tail:])
    return lines
