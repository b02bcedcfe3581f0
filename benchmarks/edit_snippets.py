"""Write a change as a model would: elided snippet, explanation, and the noise of models."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from execution.logic.edits.similarity import plain_typography

MARKS = {
    "python": ("# ", ""), "ruby": ("# ", ""), "bash": ("# ", ""), "yaml": ("# ", ""),
    "toml": ("# ", ""), "elixir": ("# ", ""), "perl": ("# ", ""), "tcl": ("# ", ""),
    "sql": ("-- ", ""), "lua": ("-- ", ""), "html": ("<!-- ", " -->"),
    "markdown": ("<!-- ", " -->"), "css": ("/* ", " */"), "vue": ("<!-- ", " -->"),
    "svelte": ("<!-- ", " -->"),
}  # fmt: skip
EXTENSIONS = {
    "py": "python", "rb": "ruby", "sh": "bash", "yaml": "yaml", "yml": "yaml", "toml": "toml",
    "ex": "elixir", "exs": "elixir", "pl": "perl", "pm": "perl", "sql": "sql", "lua": "lua",
    "html": "html", "md": "markdown", "css": "css", "vue": "vue", "svelte": "svelte", "tcl": "tcl",
}  # fmt: skip


SUMMED_UP = 0.2  # of the explanations speak of several changes as one
PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "\u00a0": " "})


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


@dataclass(frozen=True, slots=True)
class Style:
    context: int
    nested: bool  # one reference for each level that is left out, or one in all
    closers: bool  # the closing lines of shown headers are shown
    outer: bool


@dataclass(frozen=True, slots=True)
class SnippetLine:
    text: str
    role: str  # new, context, header, reference, removal


def spans_of(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    found = [
        Change(i1, i2, j1, j2) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"
    ]
    split = [part for change in _merged(found, old) for part in _split_at_closer(change, old)]
    return [_settled(change, old, new) for change in split]


def _split_at_closer(change: Change, old: Sequence[str]) -> list[Change]:
    """A change that ends before a closing line which it also holds goes on behind its own.

    Blocks that go after a changed one are a removal of their own, not a part of that change.
    """
    below = old[change.end] if change.end < len(old) else ""
    if change.kind != "replace" or not closes(below):
        return [change]
    at = next((n for n in range(change.start, change.end) if old[n] == below), -1)
    if at < 0:
        return [change]
    last = change.new_end
    first = [Change(change.start, at, change.new_start, last)]
    return [*first, Change(at + 1, change.end + 1, last + 1, last + 1)]


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


def elide(
    old: Sequence[str],
    new: Sequence[str],
    changes: Sequence[Change],
    style: Style,
    path: str,
    rng: random.Random,
) -> list[SnippetLine] | None:
    """The snippet for a change, or None when it would be longer than useful."""
    shown = _shown(old, new, changes, style)
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
            lead = _lead(old[removals[at].start])
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


def _only_spaces(old: Sequence[str], new: Sequence[str], change: Change) -> bool:
    """Only white space at line ends or typography changes: a snippet cannot say that."""
    before, after = old[change.start : change.end], new[change.new_start : change.new_end]
    if any(line and not line.strip() for line in (*before, *after)):
        return True
    trimmed = {plain_typography(line) for line in before if line.strip() and line not in after}
    return any(plain_typography(line) in trimmed for line in after if line not in before)


def _between_gaps(new: Sequence[str], at: int) -> bool:
    return 0 < at < len(new) - 1 and not new[at - 1].strip() and not new[at].strip()


def _lead(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _shown(
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
                lines.append(SnippetLine(_lead(line) + mark, "reference"))
    else:
        lines.append(SnippetLine(_lead(solid[0]) + mark, "reference"))
    if tail:
        lines.extend(SnippetLine(line, "context") for line in gap[-tail:])
    return lines


def describe(
    path: str, old: Sequence[str], changes: Sequence[Change], ranges: bool, rng: random.Random
) -> str:
    """The explanation that goes before the block: each change numbered, or one for all."""
    touched = {n for change in changes for n in range(change.start, change.end)}
    kept = [n for n, line in enumerate(old) if line.strip() and n not in touched]
    parts = [f"**Updating `{path}`**"]
    groups = [[change] for change in changes]
    if len(changes) > 1 and rng.random() < SUMMED_UP:
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
        parts.append("Context: " + _context(above, below, rng))
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


def _context(above: str, below: str, rng: random.Random) -> str:
    """The neighbours of a change in one of the ways in which models name them."""
    upper, lower = _quoted(above), _quoted(below)
    if not upper and not lower:
        return "Located where the rest of the code is"
    form = rng.choice(("between", "between", "between", "after", "before"))
    if form == "between" and upper and lower:
        return f"Located between {upper} and {lower}"
    if upper and (form == "after" or not lower):
        return f"Located after {upper}"
    return f"Located before {lower}"


def _quoted(line: str) -> str:
    """The line in backticks, cut where a person would cut it; empty when that cannot be."""
    return f"`{line[:60].rstrip()}`" if line and "`" not in line else ""


def noisy(lines: Sequence[SnippetLine], noise: str, rng: random.Random) -> list[SnippetLine] | None:
    """The snippet with one kind of drift; None when it has nothing to drift."""
    match noise:
        case "tabs":
            return _tabs(lines)
        case "trailing-space":
            return _each_context(lines, lambda text: text + " " * rng.randint(0, 3))
        case "quotes":
            return _each_context(lines, lambda text: text.translate(PLAIN))
        case "missing-outer":
            return _without_outer(lines)
        case _:
            return _forgetful(lines, rng)


def _tabs(lines: Sequence[SnippetLine]) -> list[SnippetLine] | None:
    leads = [_lead(line.text) for line in lines if line.text.strip()]
    if any("\t" in lead for lead in leads):
        if any(" " in lead for lead in leads):
            return None
        changed = [
            line.text.replace("\t", "    ") if not line.text.lstrip("\t").count("\t") else None
            for line in lines
        ]
    else:
        widths = {len(lead) for lead in leads if lead}
        if not widths or any(width % 4 for width in widths):
            return None
        changed = ["\t" * (len(_lead(line.text)) // 4) + line.text.lstrip(" ") for line in lines]
    if any(text is None for text in changed):
        return None
    return [SnippetLine(text or "", line.role) for text, line in zip(changed, lines, strict=True)]


def _each_context(lines: Sequence[SnippetLine], form: object) -> list[SnippetLine] | None:
    assert callable(form)
    result = [
        SnippetLine(form(line.text), line.role)
        if line.role in ("context", "header") and line.text.strip()
        else line
        for line in lines
    ]
    return result if result != list(lines) else None


def _without_outer(lines: Sequence[SnippetLine]) -> list[SnippetLine] | None:
    first = 0
    while first < len(lines) and (
        lines[first].role == "reference" or not lines[first].text.strip()
    ):
        first += 1
    last = len(lines)
    while last > first and (
        lines[last - 1].role == "reference" or not lines[last - 1].text.strip()
    ):
        last -= 1
    if (first, last) == (0, len(lines)) or first >= last:
        return None
    return list(lines[first:last])


def _forgetful(lines: Sequence[SnippetLine], rng: random.Random) -> list[SnippetLine] | None:
    """One unchanged line between two shown lines is missing."""
    candidates = [
        number
        for number in range(1, len(lines) - 1)
        if lines[number].role == "context"
        and lines[number].text.strip()
        and all(lines[n].role in ("context", "header", "new") for n in (number - 1, number + 1))
    ]
    if not candidates:
        return None
    gone = rng.choice(candidates)
    return [line for number, line in enumerate(lines) if number != gone]
