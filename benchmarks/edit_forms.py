"""The other forms in which models write a change: whole files, blocks, diffs, pasted snippets."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.edit_changes import Change, indentation

Texts = tuple[str, str, str]  # before, reply, after


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a file, and the ordinary snippet for it."""

    before: str
    after: str
    changes: Sequence[Change]
    snippet: str
    context: int

    @property
    def old(self) -> list[str]:
        return self.before.removesuffix("\n").split("\n")

    @property
    def new(self) -> list[str]:
        return self.after.removesuffix("\n").split("\n")


@dataclass(frozen=True, slots=True)
class Hunk:
    """Changes with the lines around them: old lines [low, high), new ones [new_low, new_high)."""

    changes: tuple[Change, ...]
    low: int
    high: int
    new_low: int
    new_high: int


def hunks_of(edit: Edit, context: int) -> list[Hunk]:
    """Changes whose context would touch stand in one hunk."""
    groups: list[list[Change]] = []
    for change in edit.changes:
        if groups and change.start - groups[-1][-1].end <= 2 * context:
            groups[-1].append(change)
        else:
            groups.append([change])
    hunks: list[Hunk] = []
    for group in groups:
        above = min(context, group[0].start)
        below = max(0, min(context, len(edit.old) - group[-1].end))
        hunks.append(
            Hunk(
                tuple(group),
                group[0].start - above,
                group[-1].end + below,
                group[0].new_start - above,
                group[-1].new_end + below,
            )
        )
    return hunks


def _blocks(edit: Edit, opening: str, divider: str, closing: str) -> str:
    parts: list[str] = []
    for hunk in hunks_of(edit, max(1, edit.context)):
        old, new = edit.old[hunk.low : hunk.high], edit.new[hunk.new_low : hunk.new_high]
        parts.append("\n".join([opening, *old, divider, *new, closing]))
    return "\n\n".join(parts) + "\n"


def search_replace(edit: Edit, rng: random.Random) -> str:
    return _blocks(edit, "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE")


def dashed_blocks(edit: Edit, rng: random.Random) -> str:
    return "Here is the change:\n\n" + _blocks(edit, "------- SEARCH", "=======", "+++++++ REPLACE")


def tagged_blocks(edit: Edit, rng: random.Random) -> str:
    return _blocks(edit, "<old>", "</old>\n<new>", "</new>")


def _hunk_lines(edit: Edit, hunk: Hunk) -> list[str]:
    lines: list[str] = []
    at = hunk.low
    for change in hunk.changes:
        lines.extend(" " + line for line in edit.old[at : change.start])
        lines.extend("-" + line for line in edit.old[change.start : change.end])
        lines.extend("+" + line for line in edit.new[change.new_start : change.new_end])
        at = change.end
    lines.extend(" " + line for line in edit.old[at : hunk.high])
    return lines


def _diff(edit: Edit, header: Callable[[Hunk], str], context: int = 3) -> str:
    lines: list[str] = []
    for hunk in hunks_of(edit, context):
        head = header(hunk)
        lines.extend([head] if head else [])
        lines.extend(_hunk_lines(edit, hunk))
    return "\n".join(lines) + "\n"


def diff(edit: Edit, rng: random.Random) -> str:
    def header(hunk: Hunk) -> str:
        old, new = hunk.high - hunk.low, hunk.new_high - hunk.new_low
        return f"@@ -{hunk.low + 1},{old} +{hunk.new_low + 1},{new} @@"

    return "--- a/file\n+++ b/file\n" + _diff(edit, header)


def misnumbered_diff(edit: Edit, rng: random.Random) -> str:
    def header(hunk: Hunk) -> str:
        at = max(1, hunk.low + rng.randint(-20, 20))
        return f"@@ -{at},{rng.randint(1, 9)} +{at},{rng.randint(1, 9)} @@"

    return f"```diff\n{_diff(edit, header)}```\n"


def patch(edit: Edit, rng: random.Random) -> str:
    """Without numbers; the header quotes the line that the block of the change is in."""

    def header(hunk: Hunk) -> str:
        level = indentation(next((line for line in edit.old[hunk.low :] if line.strip()), ""))
        above = (
            line
            for line in reversed(edit.old[: hunk.low])
            if line.strip() and indentation(line) < level and any(map(str.isalnum, line))
        )
        return f"@@ {next(above, '').strip()}".strip()

    return f"*** Begin Patch\n*** Update File: file\n{_diff(edit, header)}*** End Patch\n"


def whole_file(edit: Edit, rng: random.Random) -> str:
    return edit.after if edit.after.endswith("\n") else edit.after + "\n"


def fenced(edit: Edit, rng: random.Random) -> str:
    return f"Here is the updated code:\n\n```code\n{edit.snippet}```\n"


def numbered(edit: Edit, rng: random.Random) -> str:
    lines = edit.snippet.removesuffix("\n").split("\n")
    return "".join(f"{number:4}| {line}\n" for number, line in enumerate(lines, 1))


def plain(edit: Edit, rng: random.Random) -> str:
    return edit.snippet


def overwritten(edit: Edit, rng: random.Random) -> str:
    return whole_file(edit, rng)


def shifted(edit: Edit, rng: random.Random) -> str:
    """All of it indented, as under a point of a list."""
    lines = edit.snippet.removesuffix("\n").split("\n")
    return "".join(f"    {line}\n" if line.strip() else "\n" for line in lines)


FORMS: dict[str, Callable[[Edit, random.Random], str]] = {
    "search-replace": search_replace,
    "dashed-blocks": dashed_blocks,
    "tagged-blocks": tagged_blocks,
    "diff": diff,
    "misnumbered-diff": misnumbered_diff,
    "patch": patch,
    "whole-file": whole_file,
    "overwrite": overwritten,
    "fenced": fenced,
    "numbered": numbered,
    "shifted": shifted,
    "crlf-file": plain,
    "bom-file": plain,
    "no-last-newline": plain,
}


def in_form(name: str, edit: Edit, rng: random.Random) -> Texts:
    """The texts of a case in the form of this name; some forms are those of the file itself."""
    reply = FORMS[name](edit, rng)
    before, after = edit.before, edit.after
    match name:
        case "crlf-file":
            before, after = before.replace("\n", "\r\n"), after.replace("\n", "\r\n")
        case "bom-file":
            before, after = "\ufeff" + before, "\ufeff" + after
        case "no-last-newline":
            before, after = before.rstrip("\n"), after.rstrip("\n")
        case _:
            pass
    return before, reply, after
