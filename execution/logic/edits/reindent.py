"""Indentation drift of whole snippets: tabs for spaces, and uniform shifts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import gcd


def reindented(snippet: Sequence[str], original: Sequence[str]) -> list[list[str]]:
    """Variants of the snippet in the file's indentation, the likeliest first.

    None as long as an indented line of it stands in the file as it is: then a different
    indentation is an intended change.
    """
    known = {line for line in original if _says_enough(line)}
    if any(line in known and line[:1] in " \t" for line in snippet):
        return []
    variants: list[list[str]] = []
    converted = _converted(snippet, original)
    if converted is not None:
        variants.append(converted)
    if not any(line in known for line in snippet):
        variants.extend(_shifted(snippet, original))
    return [lines for lines in variants if lines != list(snippet)]


def writes_all(snippet: Sequence[str], original: Sequence[str]) -> bool:
    """As many indented lines as nearly the whole file has: it may be meant to change them all."""
    return len(_indented(snippet)) * 4 >= len(_indented(original)) * 3


def _says_enough(line: str) -> bool:
    return sum(char.isalnum() for char in line) >= 3


def _leading(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _indented(lines: Sequence[str]) -> list[str]:
    return [lead for line in lines if line.strip() and (lead := _leading(line))]


def _unit(leads: Sequence[str]) -> int:
    unit = 0
    for lead in leads:
        unit = gcd(unit, len(lead))
    return unit


def _converted(snippet: Sequence[str], original: Sequence[str]) -> list[str] | None:
    """Tabs made spaces or spaces tabs, if the file uses the other kind throughout."""
    mine, theirs = _indented(snippet), _indented(original)
    if not mine or not theirs:
        return None
    spaces = all("\t" not in lead for lead in mine)
    tabs = all(" " not in lead for lead in mine)
    if not _drifted(snippet, original):
        return None
    with_tabs = sum(lead.startswith("\t") for lead in theirs)
    if spaces and with_tabs * 10 >= len(theirs) * 9:
        unit = _unit(mine)
        if unit < 2:
            return None
        return [_with_lead(line, "\t" * (len(_leading(line)) // unit)) for line in snippet]
    if tabs and with_tabs * 10 <= len(theirs):
        width = _unit_of_pairs(snippet, original)
        if width is None:
            return None
        return [_with_lead(line, " " * (width * len(_leading(line)))) for line in snippet]
    return None


def _unit_of_pairs(snippet: Sequence[str], original: Sequence[str]) -> int | None:
    """Spaces of the file for one tab of the snippet, where lines that stand in both agree."""
    leads: dict[str, set[int]] = {}
    for line in original:
        if _says_enough(line) and line[:1] == " ":
            leads.setdefault(line.strip(), set()).add(len(_leading(line)))
    units = {
        width / len(_leading(line))
        for line in snippet
        if line[:1] == "\t" and len(found := leads.get(line.strip(), set())) == 1
        for width in found
    }
    unit = units.pop() if len(units) == 1 else 0.5
    return int(unit) if unit == int(unit) else None


def _drifted(snippet: Sequence[str], original: Sequence[str]) -> bool:
    """Lines of the snippet stand in the file with the other kind of indentation."""
    leads: dict[str, set[bool]] = {}
    for line in original:
        if _says_enough(line) and _leading(line):
            leads.setdefault(line.strip(), set()).add("\t" in _leading(line))
    return any(
        line.strip() in leads and leads[line.strip()] == {"\t" not in lead}
        for line in snippet
        if (lead := _leading(line)) and line.strip()
    )


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
