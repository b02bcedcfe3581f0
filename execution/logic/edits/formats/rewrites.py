"""Snippets that are the whole new file, recognised by what they hold of the old one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from execution.logic.edits.readings.agreement import quotes
from execution.logic.edits.text.description import Description
from execution.logic.edits.text.languages import comment_signs
from execution.logic.edits.text.markers import comment_text, looks_like_elision
from execution.logic.edits.text.names import defined_name, line_name
from execution.logic.edits.text.storage import changed_spans
from execution.logic.edits.text.structure import Outline, outline


def only_adds(old: Sequence[str], new: Sequence[str]) -> bool:
    """All old lines, blank ones too, come back in order: the rest was put between them."""
    position = 0
    for line in old:
        while position < len(new) and new[position] != line:
            position += 1
        if position == len(new):
            return False
        position += 1
    return True


def loses_context(old: Sequence[str], new: Sequence[str], description: Description) -> bool:
    """A line of the file that the explanation names as staying is not in the new text."""
    return any(
        any(quotes(quote, line) for line in old) and not any(quotes(quote, line) for line in new)
        for change in description.changes
        for quote in change.context
    )


def with_gap_above(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    """The new lines below the blank ones that the file begins with, if its first code stays."""
    gap = next((at for at, line in enumerate(old) if line.strip()), 0)
    same = gap and new and new[0].strip() and new[0] == old[gap]
    return (*old[:gap], *new) if same else tuple(new)


def is_whole_rewrite(old: Sequence[str], new: Sequence[str], path: str) -> bool:
    """A snippet without markers that provably is the file.

    It begins as the file begins, brings back every line at the margin as it is or under its
    name, and every definition at any depth.
    """
    known = set(old)
    if any(looks_like_elision(line) for line in new if line not in known):
        return False
    before, after = outline(tuple(old), path), outline(tuple(new), path)
    first, again = _first_code(before, path), _first_code(after, path)
    if first is None or again is None or not _stands_for(old[first], new[again]):
        return False
    margin = Counter(new[i].strip() for i in _margin(after))
    names = Counter(line_name(new[i]) for i in _margin(after))
    for index in _margin(before):
        name = line_name(old[index])
        if margin[old[index].strip()] > 0:
            margin[old[index].strip()] -= 1
        elif name is None or names[name] < 1:
            return False
    held = Counter(defined_name(line) for line in new if line.strip())
    wanted = Counter(defined_name(line) for line in old if line.strip())
    del wanted[None]
    if not wanted or wanted - held or not _size_kept(old, new):
        return False
    return not _drops_lines(old, new)


def _drops_lines(old: Sequence[str], new: Sequence[str]) -> bool:
    """Code is gone somewhere without other code in its place: it may be forgotten."""
    return any(
        any(line.strip() for line in old[span.start : span.end])
        and not any(line.strip() for line in new[span.new_start : span.new_end])
        for span in changed_spans(old, new)
    )


def _margin(lines: Outline) -> list[int]:
    """Lines at the margin that say something of their own."""
    return [
        index
        for index in range(len(lines.lines))
        if not lines.blank[index] and lines.indent[index] == 0 and not lines.pure_closing[index]
    ]


def _first_code(lines: Outline, path: str) -> int | None:
    signs = comment_signs(path)
    for index, line in enumerate(lines.lines):
        if not lines.blank[index] and comment_text(line, signs) is None:
            return index
    return None


def _stands_for(old: str, new: str) -> bool:
    return old == new or (defined_name(old) is not None and defined_name(old) == defined_name(new))


def _size_kept(old: Sequence[str], new: Sequence[str]) -> bool:
    before = sum(bool(line.strip()) for line in old)
    return sum(bool(line.strip()) for line in new) * 3 >= before * 2
