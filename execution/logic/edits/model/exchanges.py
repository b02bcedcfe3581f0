"""Which import statement a new one replaces, since of two that give one name only one can stay."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from execution.logic.edits.model.imports import Import, imports_in, names_are_unique


@dataclass(slots=True)
class Exchange:
    """Which statements an edit takes out, and which it brings in."""

    gone: list[Import]
    come: list[Import]
    kept: list[Import]
    rest: str  # the new text without its statements
    once: bool  # two statements can't give one name, wherever they take it from

    @classmethod
    def between(cls, old: Sequence[str], new: Sequence[str], path: str) -> Exchange:
        before, after = imports_in(old, path), imports_in(new, path)
        inside = {number for one in after for number in one.numbers}
        rest = "\n".join(line for at, line in enumerate(new) if at not in inside)
        gone, come = _beyond(before, after), _beyond(after, before)
        once = names_are_unique(path)
        return cls(gone, come, _shared(before, gone), rest, once)

    def grown(self) -> set[int]:
        """Lines whose names all come back, from the same source, beside others."""
        forms = _by_source(self.come)
        return {
            number
            for old in self.gone
            for new in forms.get(old.source, ())
            if old.kind == new.kind and old.names <= new.names
            for number in old.numbers
        }

    def replaced(self, written: Sequence[str], *, by_source: bool) -> set[int]:
        """Lines of statements that can't stay beside those the update writes in one piece.

        ``by_source``: one with other names is taken for the new form too, where the file has
        no other of that source and nothing uses the names that go.
        """
        text = "\n".join(["", *(line.strip() for line in written), ""])
        come = [new for new in self.come if new.is_part_of(text)]
        forms = _by_source(come)
        given = {name for new in come for name in new.names}
        return {
            number
            for old in self.gone
            if old.names <= given
            or any(self._is_form(old, new, by_source) for new in forms.get(old.source, ()))
            for number in old.numbers
        }

    def doubles(self) -> bool:
        """A new statement gives a name that an old one gives as well."""
        given: dict[str, set[str]] = {}
        for old in self.kept:
            for name in old.names:
                given.setdefault(name, set()).add(old.source)
        return any(
            name in given and (self.once or new.source in given[name])
            for new in self.come
            for name in new.names
        )

    def _is_form(self, old: Import, new: Import, by_source: bool) -> bool:
        unused = not any(self._uses(name) for name in old.names - new.names)
        if old.names & new.names:
            return unused or bool(new.names - old.names)
        alone = sum(one.source == old.source for one in (*self.gone, *self.kept)) == 1
        return by_source and alone and unused and old.kind == new.kind

    def _uses(self, name: str) -> bool:
        return re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", self.rest) is not None


def _beyond(mine: Sequence[Import], others: Sequence[Import]) -> list[Import]:
    """Those that the other text has not, or not as often."""
    left = Counter(one.lines for one in others)
    found: list[Import] = []
    for one in mine:
        if left[one.lines]:
            left[one.lines] -= 1
        else:
            found.append(one)
    return found


def _shared(before: Sequence[Import], gone: Sequence[Import]) -> list[Import]:
    starts = {one.start for one in gone}
    return [one for one in before if one.start not in starts]


def _by_source(statements: Sequence[Import]) -> dict[str, list[Import]]:
    found: dict[str, list[Import]] = {}
    for one in statements:
        found.setdefault(one.source, []).append(one)
    return found


def in_order_of(candidate: Sequence[str], written: Sequence[str], path: str) -> list[str] | None:
    """The update with neighbouring statements in the order that the candidate has them in.

    None if that is the order they stand in.
    """
    places: dict[tuple[str, ...], int] = {}
    for one in imports_in(candidate, path):
        places[one.lines] = -1 if one.lines in places else one.start
    lines = list(written)
    for run in _runs(imports_in(written, path)):
        if all(places.get(one.lines, -1) >= 0 for one in run):
            ordered = sorted(run, key=lambda one: places[one.lines])
            fresh = [line for one in ordered for line in one.lines]
            lines[run[0].start : run[0].start + len(fresh)] = fresh
    return lines if lines != list(written) else None


def _runs(statements: Sequence[Import]) -> list[list[Import]]:
    """Statements with nothing between them, together."""
    runs: list[list[Import]] = []
    for one in statements:
        if runs and runs[-1][-1].numbers.stop == one.start:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs
