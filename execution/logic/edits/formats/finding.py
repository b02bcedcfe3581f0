"""Where the old lines of a block stand in the file: exactly, or with drift of white space."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from execution.logic.edits.formats.dialects import Block
from execution.logic.edits.text.markers import indent_of
from execution.logic.edits.text.similarity import plain_typography

MAX_PLACES = 200
MAX_FUZZ = 3  # lines around a change that may differ from the file


@dataclass(frozen=True, slots=True)
class Found:
    """The old and new lines of a block as the file would have them, and where they go."""

    at: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    fuzzy: bool = False


@dataclass(slots=True)
class Lines:
    """The file, looked up by its lines in one of several forms."""

    lines: tuple[str, ...]
    forms: dict[str, tuple[list[str], dict[str, list[int]]]] = field(default_factory=dict)

    def find(self, wanted: Sequence[str], name: str, form: Callable[[str], str]) -> list[int]:
        """Places where all the wanted lines stand one below the other."""
        if name not in self.forms:
            plain = [form(line) for line in self.lines]
            index: dict[str, list[int]] = {}
            for number, line in enumerate(plain):
                index.setdefault(line, []).append(number)
            self.forms[name] = plain, index
        plain, index = self.forms[name]
        lines = [form(line) for line in wanted]
        # The rarest line says where to look.
        key = min(range(len(lines)), key=lambda number: len(index.get(lines[number], ())))
        starts = (place - key for place in index.get(lines[key], ()))
        size = len(lines)
        found = (at for at in starts if at >= 0 and plain[at : at + size] == lines)
        return [at for _, at in zip(range(MAX_PLACES), found, strict=False)]


def places_of(block: Block, lines: Lines) -> list[Found]:
    """The places of a block by the strictest comparison that finds any."""
    for tolerant in (_as_written, _without_rims, _shifted, _without_context):
        found = list(tolerant(block, lines))
        if found:
            return _below_head(block.head, found, lines)
    return []


def _as_written(block: Block, lines: Lines) -> Iterator[Found]:
    exact = lines.find(block.old, "exact", str)
    for at in exact or lines.find(block.old, "plain", plain_typography):
        yield Found(at, block.old, block.new)


def _without_rims(block: Block, lines: Lines) -> Iterator[Found]:
    """Blank lines around both parts belong to the reply."""
    first = min(_blank_head(block.old), _blank_head(block.new))
    last = min(_blank_head(block.old[::-1]), _blank_head(block.new[::-1]))
    old = block.old[first : len(block.old) - last]
    if (first or last) and old:
        yield from _as_written(Block(old, block.new[first : len(block.new) - last]), lines)


def _blank_head(lines: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda line: not line.strip(), lines))


def _shifted(block: Block, lines: Lines) -> Iterator[Found]:
    """The old lines stand in the file with another indentation, the same for each depth."""
    for at in lines.find(block.old, "bare", lambda line: plain_typography(line).strip()):
        there = lines.lines[at : at + len(block.old)]
        new = _moved(block, there)
        if new is not None:
            yield Found(at, there, new)


def _leads(old: Sequence[str], there: Sequence[str]) -> dict[str, str]:
    return {
        _lead(mine): _lead(theirs) for mine, theirs in zip(old, there, strict=True) if mine.strip()
    }


def _moved(block: Block, there: Sequence[str]) -> tuple[str, ...] | None:
    """The new lines in the file's indentation; None if the depths do not agree."""
    leads = _leads(block.old, there)
    pairs = zip(block.old, there, strict=True)
    if any(mine.strip() and leads[_lead(mine)] != _lead(theirs) for mine, theirs in pairs):
        return None
    moved = [_moved_line(line, leads) for line in block.new]
    return None if any(line is None for line in moved) else tuple(line or "" for line in moved)


def _moved_line(line: str, leads: dict[str, str]) -> str | None:
    """The line at the depth that its own has in the file; deeper ones go on from the nearest."""
    lead = _lead(line)
    if not line.strip():
        return line
    if lead in leads:
        return leads[lead] + line[len(lead) :]
    base = max((known for known in leads if lead.startswith(known)), key=len, default=None)
    if base is None:
        return None
    rest = lead[len(base) :]
    if rest[:1] and {rest[0], leads[base][:1] or rest[0]} == {" ", "\t"}:
        return None  # the file uses the other kind, and nothing says how wide that is
    return leads[base] + rest + line[len(lead) :]


def _lead(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _without_context(block: Block, lines: Lines) -> Iterator[Found]:
    """Without lines at the ends that stay and that the file does not have just so."""
    pairs = list(zip(block.old, block.new, strict=False))
    head = _equal_head(pairs)
    tail = _equal_head(
        list(zip(block.old[head:][::-1], block.new[head:][::-1], strict=False)),
    )
    cuts = sorted(
        (
            (above, below)
            for above in range(min(head, MAX_FUZZ) + 1)
            for below in range(min(tail, MAX_FUZZ) + 1)
            if above or below
        ),
        key=sum,
    )
    for above, below in cuts:
        old = block.old[above : len(block.old) - below]
        if not any(line.strip() for line in block.old[head : len(block.old) - tail]):
            return  # nothing goes: only the lines around could say where it belongs
        found = lines.find(old, "plain", plain_typography)
        if found:
            new = block.new[above : len(block.new) - below]
            yield from (Found(at, old, new, fuzzy=True) for at in found)
            return


def _equal_head(pairs: Sequence[tuple[str, str]]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _below_head(head: str, found: list[Found], lines: Lines) -> list[Found]:
    """Of several places those in the block below the line that the header of a hunk quotes."""
    if len(found) < 2:
        return found
    heads = [n for n, line in enumerate(lines.lines) if line.strip().startswith(head)]
    if len(heads) != 1:
        return found
    start, level = heads[0], indent_of(lines.lines[heads[0]])
    end = next(
        (
            number
            for number in range(start + 1, len(lines.lines))
            if lines.lines[number].strip()
            and indent_of(lines.lines[number]) <= level
            and lines.lines[number].strip()[0] not in "{})]"
        ),
        len(lines.lines),
    )
    return [place for place in found if place.at in range(start, end)] or found
