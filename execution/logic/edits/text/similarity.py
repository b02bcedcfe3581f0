"""Graded equality of lines and of the blocks they stand in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from execution.logic.edits.text.structure import UNKNOWN, Outline

_TYPOGRAPHIC = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'",
        "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"',
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
        "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u2009": " ", "\u3000": " ",
    }
)  # fmt: skip
_SEPARATOR = re.compile(r"[,;]\s*$")
MIN_STEM, EXTENDED = 10, 0.85  # a line with more at its end is a form of the shorter one
MAX_COMPARED = 400  # characters of a line that similarity looks at


def plain_typography(line: str) -> str:
    """The line with ASCII quotes, dashes and spaces, without trailing white space."""
    line = line.rstrip()
    return line if line.isascii() else line.translate(_TYPOGRAPHIC).rstrip()


def without_separator(line: str) -> str:
    """The line without a trailing comma or semicolon."""
    return _SEPARATOR.sub("", line).rstrip()


def is_extended(line: str, other: str) -> bool:
    """The other line is this one with more at its end."""
    line = line.strip()
    return len(line) >= MIN_STEM and other.strip().startswith(line)


def _bigrams(text: str) -> dict[str, int]:
    grams: dict[str, int] = {}
    for index in range(len(text) - 1):
        gram = text[index : index + 2]
        grams[gram] = grams.get(gram, 0) + 1
    return grams


@dataclass(slots=True)
class Similarity:
    """Dice similarity of character pairs, remembered per line."""

    grams: dict[str, dict[str, int]] = field(default_factory=dict)

    def ratio(self, left: str, right: str) -> float:
        """Between 0 and 1; surrounding white space does not count."""
        left, right = left.strip()[:MAX_COMPARED], right.strip()[:MAX_COMPARED]
        if left == right:
            return 1.0
        total = len(left) + len(right) - 2
        if len(left) < 2 or len(right) < 2 or 4 * min(len(left), len(right)) < len(right):
            return 0.0
        if is_extended(left, right) or is_extended(right, left):
            return EXTENDED
        one, two = self._of(left), self._of(right)
        if len(two) < len(one):
            one, two = two, one
        shared = sum(min(count, two[gram]) for gram, count in one.items() if gram in two)
        return 2 * shared / total

    def _of(self, text: str) -> dict[str, int]:
        grams = self.grams.get(text)
        if grams is None:
            grams = self.grams[text] = _bigrams(text)
        return grams


PARENT_DIFFERS = 60
PARENT_UNKNOWN = 40
PARENT_RENAMED = 30
PARENT_SIMILAR = 15
OPENER_DIFFERS = 400
OPENER_RENAMED = 110  # dearer than a new closing line: a block replaced by another one
OPENER_SIMILAR = 80


@dataclass(slots=True)
class Kinship:
    """How well the surroundings of a snippet line and an original line agree."""

    snippet: Outline
    original: Outline
    similarity: Similarity
    snippet_texts: frozenset[str]
    original_texts: frozenset[str]
    pure_insert: bool = False  # then no line is ever replaced, so none can be renamed
    _parents: dict[tuple[int, int], int] = field(default_factory=dict)
    _openers: dict[tuple[int, int], int] = field(default_factory=dict)

    def cost(self, line: int, other: int) -> int:
        """Cost of taking the two lines for the same, apart from their own text."""
        cost = self.parent_cost(self.snippet.parent[line], self.original.parent[other])
        if self.snippet.closing[line]:
            cost += self._opener_cost(line, other)
        return cost

    def parent_cost(self, parent: int, other: int, depth: int = 0) -> int:
        if parent == UNKNOWN:
            return 0
        if parent < 0 and other < 0:
            return 0
        if parent < 0 or other < 0:
            return PARENT_UNKNOWN if parent < 0 else PARENT_DIFFERS
        if depth > 6:
            return 0
        key = (parent, other)
        cost = self._parents.get(key)
        if cost is None:
            cost = self._text_cost(parent, other, PARENT_DIFFERS, PARENT_RENAMED)
            above = self.parent_cost(
                self.snippet.parent[parent], self.original.parent[other], depth + 1
            )
            cost = self._parents[key] = max(cost, above)
        return cost

    def _opener_cost(self, line: int, other: int) -> int:
        key = (line, other)
        cost = self._openers.get(key)
        if cost is None:
            opener, counterpart = self.snippet.opener[line], self.original.opener[other]
            if opener == UNKNOWN:
                cost = 0
            elif opener < 0 or counterpart < 0:
                cost = 0 if opener == counterpart else PARENT_UNKNOWN
            else:
                cost = self._text_cost(opener, counterpart, OPENER_DIFFERS, OPENER_RENAMED)
                cost = OPENER_SIMILAR if cost == PARENT_SIMILAR else cost
            self._openers[key] = cost
        return cost

    def _text_cost(self, line: int, other: int, differs: int, renamed: int) -> int:
        left, right = self.snippet.lines[line].strip(), self.original.lines[other].strip()
        if left == right:
            return 0
        known = left in self.original_texts or right in self.snippet_texts
        if plain_typography(left) == plain_typography(right):
            return 0
        if known or self.pure_insert:
            separator = without_separator(left) == without_separator(right)
            return PARENT_SIMILAR if separator else differs
        return PARENT_SIMILAR if self.similarity.ratio(left, right) >= 0.6 else renamed
