"""Drift of white space: blanks at line ends, tabs for spaces, and uniform shifts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from math import gcd

from execution.logic.edits.text.languages import extension

MAJORITY = 4  # so many drifted lines for each one that did not drift
USUAL_UNIT = 4
# Here indentation of the other kind may be quoted code.
_PROSE = frozenset({"", "md", "markdown", "rst", "txt", "adoc", "tsv", "csv", "diff", "patch"})


@dataclass(frozen=True, slots=True)
class Variant:
    """The snippet in other white space; ``sure`` if lines of the file say so."""

    lines: tuple[str, ...]
    sure: bool


def with_file_ends(snippet: Sequence[str], original: Sequence[str]) -> tuple[str, ...]:
    """Lines of the file with other blanks at their ends become those of the file."""
    known = set(original)
    wanted = {line.rstrip() for line in snippet if line not in known}
    forms: dict[str, set[str]] = {}
    for line in original:
        bare = line.rstrip()
        if bare in wanted:
            forms.setdefault(bare, set()).add(line)
    result: list[str] = []
    for line in snippet:
        found = forms.get(line.rstrip(), set()) if line not in known and line.strip() else set()
        result.append(next(iter(found)) if len(found) == 1 else line)
    return tuple(snippet) if result == list(original) else tuple(result)


def reindented(snippet: Sequence[str], original: Sequence[str], path: str) -> list[Variant]:
    """Variants of the snippet in the file's indentation, the likeliest first.

    None as long as indented lines of it stand in the file as they are: then a different
    indentation is an intended change.
    """
    variants: list[Variant] = []
    drift = _Drift.of(snippet, original)
    if drift.drifted > MAJORITY * drift.same:
        variants.extend(_converted(snippet, original, drift))
    elif not drift.same and not drift.drifted and extension(path) not in _PROSE:
        variants.extend(_unlike_all(snippet, original))
    known = frozenset(original)
    if not any(line in known and _says_enough(line) for line in snippet):
        variants.extend(Variant(tuple(lines), True) for lines in _shifted(snippet, original))
    return [variant for variant in variants if variant.lines != tuple(snippet)]


def writes_all(snippet: Sequence[str], original: Sequence[str]) -> bool:
    """As many indented lines as nearly the whole file has: it may be meant to change them all."""
    return len(_indented(snippet)) * 4 >= len(_indented(original)) * 3


def indented_anew(
    original: Sequence[str], snippet: Sequence[str], ranges: Sequence[tuple[int, int]]
) -> bool:
    """All indented lines of the file are declared to go, and most come back indented otherwise.

    Then the white space is the change, and nothing is left that it could differ from.
    """
    old = {n: line for n, line in enumerate(original, 1) if line.strip() and _leading(line)}
    if not old or any(not any(low <= n <= high for low, high in ranges) for n in old):
        return False
    known = set(original)
    fresh = {line.strip() for line in snippet if line not in known}
    return 2 * sum(line.strip() in fresh for line in old.values()) > len(old)


def _says_enough(line: str) -> bool:
    return sum(1 for _ in islice(filter(str.isalnum, line), 3)) == 3


def _leading(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _indented(lines: Sequence[str]) -> list[str]:
    return [lead for line in lines if line.strip() and (lead := _leading(line))]


@dataclass(frozen=True, slots=True)
class _Drift:
    """How many indented lines of a snippet stand in the file as they are, or in the other kind.

    ``units``: spaces for one tab, with the number of lines that say so.
    """

    same: int
    drifted: int
    units: Counter[int]

    @classmethod
    def of(cls, snippet: Sequence[str], original: Sequence[str]) -> _Drift:
        leads = _leads_of({line.strip() for line in snippet}, original)
        same = drifted = 0
        units: Counter[int] = Counter()
        for line in snippet:
            lead, theirs = _leading(line), leads.get(line.strip(), set())
            if not lead or not theirs or sum(char.isalnum() for char in line) < 2:
                continue
            if lead in theirs:
                same += _says_enough(line)
            elif all(other and ("\t" in other) != ("\t" in lead) for other in theirs):
                drifted += 1
                if len(theirs) == 1:
                    units.update(_unit_between(lead, next(iter(theirs))))
        return cls(same, drifted, units)


def _leads_of(texts: set[str], lines: Sequence[str]) -> dict[str, set[str]]:
    """What stands before these texts in the lines."""
    leads: dict[str, set[str]] = {}
    for line in lines:
        text = line.strip()
        if text and text in texts:
            leads.setdefault(text, set()).add(_leading(line))
    return leads


def _unit_between(lead: str, other: str) -> list[int]:
    """Spaces that stand for one tab, if these two mean the same depth."""
    tabs, spaces = (lead, other) if "\t" in lead else (other, lead)
    count = tabs.count("\t")
    width = len(spaces) - (len(tabs) - count)  # stars of a long comment stand one space in
    unit, rest = divmod(width, count)
    return [unit] if not rest and 2 <= unit <= 8 else []


def _converted(snippet: Sequence[str], original: Sequence[str], drift: _Drift) -> list[Variant]:
    """Tabs made spaces or spaces tabs, as lines that stand in both texts say."""
    mine = _indented(snippet)
    if not drift.units:
        return []
    unit, votes = drift.units.most_common(1)[0]
    sure = votes == drift.units.total()
    if all("\t" not in lead for lead in mine):
        fitting = [one for one in drift.units if all(len(lead) % one <= 1 for lead in mine)]
        unit = max(fitting, key=lambda one: (drift.units[one], one), default=unit)
        return [Variant(_with_tabs(snippet, unit), sure or len(fitting) == 1)]
    if all(lead[0] == "\t" or len(lead) == 1 for lead in mine):
        usual = usual_step(original)
        unit = usual if usual in drift.units else unit
        sure = unit == usual and 2 * drift.units[unit] > drift.units.total()
        return [Variant(_with_spaces(snippet, unit), sure)]
    return []


def _unlike_all(snippet: Sequence[str], original: Sequence[str]) -> list[Variant]:
    """Only new lines are indented, all in a kind that the file does not use at all.

    Spaces may also be meant, as in lines that go on; tabs hardly are in a file without them.
    """
    mine, theirs = _indented(snippet), _indented(original)
    if not mine or not theirs:
        return []
    if all(set(lead) == {" "} for lead in mine) and all("\t" in lead for lead in theirs):
        unit = gcd(*(len(lead) for lead in mine))
        return [Variant(_with_tabs(snippet, USUAL_UNIT), False)] if unit % USUAL_UNIT == 0 else []
    if all(set(lead) == {"\t"} for lead in mine) and not any("\t" in lead for lead in theirs):
        unit = usual_step(original)
        return [Variant(_with_spaces(snippet, unit), unit == USUAL_UNIT)]
    return []


def usual_step(lines: Sequence[str]) -> int:
    """By how many spaces one line is mostly indented below another."""
    steps: Counter[int] = Counter()
    width = 0
    for line in lines:
        if line.strip():
            lead = len(_leading(line))
            if lead - width in (2, 3, 4, 8):
                steps[lead - width] += 1
            width = lead
    return steps.most_common(1)[0][0] if steps else USUAL_UNIT


def _with_tabs(snippet: Sequence[str], unit: int) -> tuple[str, ...]:
    """What is less than a tab stays in spaces, as the stars of a long comment do."""
    return tuple(
        _with_lead(line, "\t" * (width // unit) + " " * (width % unit))
        for line in snippet
        for width in [len(_leading(line))]
    )


def _with_spaces(snippet: Sequence[str], unit: int) -> tuple[str, ...]:
    return tuple(_with_lead(line, _leading(line).replace("\t", " " * unit)) for line in snippet)


def _with_lead(line: str, lead: str) -> str:
    return lead + line.lstrip(" \t") if line.strip() else line


def _shifted(snippet: Sequence[str], original: Sequence[str]) -> list[list[str]]:
    """All lines moved by one amount, where lines that occur once agree on it."""
    places: dict[str, list[str]] = {}
    for line in original:
        if _says_enough(line):
            places.setdefault(line.strip(), []).append(_leading(line))
    votes: Counter[tuple[str, str]] = Counter()
    for line in snippet:
        found = places.get(line.strip())
        if found is not None and len(found) == 1:
            votes[_leading(line), found[0]] += 1
    shifts: Counter[str] = Counter()
    for (mine, theirs), count in votes.items():
        if theirs.endswith(mine) and len(theirs) > len(mine):
            shifts["+" + theirs[: len(theirs) - len(mine)]] += count
        elif mine.endswith(theirs) and len(mine) > len(theirs):
            shifts["-" + mine[: len(mine) - len(theirs)]] += count
        else:
            return []
    if len(shifts) != 1:
        return []
    shift = next(iter(shifts))
    moved: list[str] = []
    for line in snippet:
        if not line.strip():
            moved.append(line)
        elif shift[0] == "+":
            moved.append(shift[1:] + line)
        elif line.startswith(shift[1:]):
            moved.append(line[len(shift) - 1 :])
        else:
            return []
    return [moved]
