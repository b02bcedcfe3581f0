"""Pending edits of a file that changed under them, carried over to its new text.

Both sides' changes are placed by the text they were made on, as in a three-way merge. Searching the
new text for the old lines alone would place an edit wrongly where such lines came up elsewhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

import msgspec

from execution.logic.changes import Replacement, ReplayFailed, Result, replay_replacements
from execution.logic.edits.text.storage import changed_spans, replacements_between


def rebased(pending: Sequence[Result], old: str, new: str) -> list[Result] | None:
    """The pending results of a path, made for `old`, so that they are right for `new`.

    None when they are more than edits, or when both sides changed the same or neighbouring lines.
    A result whose edit is in the new text already comes back without replacements.
    """
    if not all(result.replacements for result in pending):
        return None
    texts = _replayed(pending, old)
    merged = [merge(old, text, new) for text in texts] if texts is not None else [None]
    carried = [text for text in merged if text is not None]
    if len(carried) < len(merged):
        return None
    if _replayed(pending, new) == carried:
        return list(pending)
    return [
        _result(result, before, after)
        for result, before, after in zip(pending, [new, *carried], carried, strict=False)
    ]


def _replayed(pending: Sequence[Result], text: str) -> list[str] | None:
    """The texts after each of the results; None if they can't be replayed."""
    texts = []
    for result in pending:
        try:
            text = replay_replacements(text, result.replacements or (), result.path)
        except ReplayFailed:
            return None
        texts.append(text)
    return texts


def _result(result: Result, before: str, after: str) -> Result:
    summary = (result.replacements or [_NONE])[0].summary
    replacements = [
        Replacement(id=str(uuid4()), old=one.old, new=one.new, summary=summary)
        for one in replacements_between(before, after)
    ]
    return msgspec.structs.replace(result, replacements=replacements)


_NONE = Replacement(id="", old="", new="")


def merge(base: str, ours: str, theirs: str) -> str | None:
    """The base with the changes of both sides; None where they meet."""
    if ours == base or theirs == ours:
        return theirs
    lines = _lines(base)
    edits = sorted({*_edits(lines, _lines(ours)), *_edits(lines, _lines(theirs))}, key=_Edit.order)
    merged: list[str] = []
    position = 0
    for number, edit in enumerate(edits):
        if number and edit.start <= position:
            return None
        merged += lines[position : edit.start]
        merged += edit.lines
        position = edit.end
    return "".join([*merged, *lines[position:]])


@dataclass(frozen=True, slots=True)
class _Edit:
    """Lines [start, end) of the base are replaced. Both sides may have made the same one."""

    start: int
    end: int
    lines: tuple[str, ...]

    def order(self) -> tuple[int, int]:
        return self.start, self.end


def _edits(base: Sequence[str], text: Sequence[str]) -> Iterator[_Edit]:
    for span in changed_spans(base, text):
        yield _Edit(span.start, span.end, tuple(text[span.new_start : span.new_end]))


def _lines(text: str) -> list[str]:
    """Lines with their ends; only line feeds end one."""
    *ended, last = text.split("\n")
    return [line + "\n" for line in ended] + ([last] if last else [])
