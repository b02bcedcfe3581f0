"""What each step of an alignment costs, in hundredths of an inserted line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from execution.logic.edits.text.markers import Kind, Token
from execution.logic.edits.text.names import Name, sibling_names
from execution.logic.edits.text.separators import DROP_BLANK, droppable_blanks
from execution.logic.edits.text.similarity import (
    Kinship,
    Similarity,
    plain_typography,
)
from execution.logic.edits.text.structure import Outline

INSERT = 100
INSERT_BLANK, INSERT_BLANK_SEPARATOR = 10, 25
DELETE_FIRST, DELETE_NEXT = 60, 18
KEEP_FIRST, KEEP_NEXT = 170, 20  # left-out lines of a pure insertion
SKIP_BLANK, SKIP_BLANK_NEXT = 12, 3
IMPLIED_REFERENCE = 25
IMPLIED_BESIDE_NEW = 150  # new code at an end of the snippet stands at that end of the file
EMPTY_REFERENCE, EMPTY_REMOVAL = 40, 300
GOES_SHALLOWER, GOES_SHALLOWER_LAST = 50, 20  # nothing follows a last reference
INSERT_KNOWN_CLOSER = 250  # the file closes this block itself
INSERT_KNOWN_BY_MARKER = 160  # a line of the file beside a marker ought to be an anchor
STARTS_INSIDE, STARTS_INSIDE_RESTATED, STARTS_AT_CLOSER = 50, 800, 50
STARTS_INSIDE_LOOSE = 120  # all references stand at the margin: their depth says little
STARTS_AT_OWN_CLOSER = 20  # the block above was shown without its closing line
ENDS_INSIDE = 150
INFINITE = 1 << 40


@dataclass(frozen=True, slots=True)
class Fate:
    """What an explanation declares of the file's lines, taken at its word."""

    goes: frozenset[int]  # solid lines; all others stay
    places: frozenset[int] | None  # lines before which new code may stand; None: anywhere
    additions: tuple[frozenset[int], ...] = ()  # those of each change that only adds
    unsaid: int = 0  # additions that do not say their place
    replaced: tuple[frozenset[int], ...] = ()  # where the new form of each replaced part may stand


@dataclass(slots=True)
class Problem:
    """Everything the aligner asks about the two texts."""

    tokens: list[Token]
    snippet: Outline
    original: Outline
    kinship: Kinship
    pure_insert: bool
    similarity: Similarity
    fate: Fate | None = None
    fresh: frozenset[int] = frozenset()  # snippet lines that are taken for new code
    by_text: dict[str, list[int]] = field(default_factory=dict)
    by_plain: dict[str, list[int]] = field(default_factory=dict)
    droppable: list[int] = field(default_factory=list)  # per token; -1 when it must stay
    before: list[int] = field(default_factory=list)  # indentation of the literal before a token
    closer_follows: list[bool] = field(default_factory=list)  # the next solid token closes
    depth: list[int] = field(default_factory=list)  # at which a reference ends, at least
    loose: bool = False  # references stand at the margin wherever their code is
    names: Counter[tuple[int, Name]] = field(default_factory=Counter)
    new_names: Counter[tuple[int, Name]] = field(default_factory=Counter)
    _inserting: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index, line in enumerate(self.original.lines):
            if not self.original.blank[index]:
                self.by_text.setdefault(line, []).append(index)
                self.by_plain.setdefault(plain_typography(line), []).append(index)
        if not self.pure_insert:
            self.names = sibling_names(self.original)
            self.new_names = sibling_names(self.snippet)
        self.droppable = droppable_blanks(self.tokens, self.is_new)
        self.closer_follows = self._closers_after()
        self.depth = self._depths()
        self.loose = self._is_loose()
        indent = -1
        for token in self.tokens:
            self.before.append(indent)
            if token.kind is Kind.LITERAL:
                indent = token.indent

    def anew(self, *, fate: Fate | None = None, fresh: frozenset[int] = frozenset()) -> Problem:
        """The same two texts with another word on their lines."""
        texts = (self.tokens, self.snippet, self.original)
        return Problem(
            *texts, self.kinship, self.pure_insert, self.similarity, fate=fate, fresh=fresh
        )

    def may_stay(self, line: int) -> bool:
        return self.fate is None or line not in self.fate.goes

    def may_go(self, line: int) -> bool:
        return self.fate is None or self.original.blank[line] or line in self.fate.goes

    def may_gain(self, line: int) -> bool:
        """New code may stand before this line; it follows the lines whose place it takes."""
        if self.fate is None:
            return True
        if self.fate.places is not None:
            return line in self.fate.places
        return self.original.next_solid[line] not in self.fate.goes

    def _closers_after(self) -> list[bool]:
        found = [False] * len(self.tokens)
        closes = False
        for number in range(len(self.tokens) - 1, -1, -1):
            token = self.tokens[number]
            found[number] = closes
            if token.kind is not Kind.BLANK:
                closes = token.kind is Kind.LITERAL and self.snippet.pure_closing[token.line]
        return found

    def _depths(self) -> list[int]:
        """Indentation of each token; a reference ends no further out than what follows it."""
        found = [token.indent for token in self.tokens]
        following = -1
        for number in range(len(self.tokens) - 1, -1, -1):
            token = self.tokens[number]
            if token.kind is Kind.REFERENCE:
                found[number] = max(token.indent, following)
            if token.kind is not Kind.BLANK:
                following = token.indent if token.kind is Kind.LITERAL else -1
        return found

    def _is_loose(self) -> bool:
        references = [n for n, t in enumerate(self.tokens) if t.kind is Kind.REFERENCE]
        return all(self.tokens[n].start_indent == 0 for n in references) and any(
            self.depth[n] > self.tokens[n].indent for n in references
        )

    def implied_cost(self, number: int) -> int:
        """Cost of an outer reference that nobody wrote."""
        beside = self.tokens[1] if number == 0 else self.tokens[number - 1]
        new = beside.kind is Kind.LITERAL and plain_typography(beside.text) not in self.by_plain
        return IMPLIED_REFERENCE + (IMPLIED_BESIDE_NEW if new else 0)

    def is_new(self, token: Token) -> bool:
        """A line the file does not have, or one that closes a block it does not have."""
        if token.line in self.fresh or token.text not in self.by_text:
            return True
        if not self.snippet.closing[token.line]:
            return False
        opener = self.snippet.opener[token.line]
        return opener >= 0 and self.snippet.lines[opener] not in self.by_text

    def insert_cost(self, number: int) -> int:
        """Cost of taking a literal for new code."""
        cost = self._inserting.get(number)
        if cost is None:
            cost = self._inserting[number] = self._insert_cost(number)
        return cost

    def _insert_cost(self, number: int) -> int:
        token = self.tokens[number]
        if token.line in self.fresh:
            return INSERT
        if self.snippet.pure_closing[token.line] and token.text in self.by_text:
            opener = self.snippet.opener[token.line]
            if opener >= 0 and self.snippet.lines[opener] in self.by_text:
                return INSERT_KNOWN_CLOSER
        if token.text in self.by_text and self._beside_marker(number):
            return INSERT_KNOWN_BY_MARKER
        return INSERT

    def reference_follows(self, number: int) -> bool:
        """The next token that is not blank is a reference."""
        return self._beside_marker(number, (1,))

    def _beside_marker(self, number: int, directions: tuple[int, ...] = (-1, 1)) -> bool:
        for step in directions:
            at = number + step
            while 0 <= at < len(self.tokens) and self.tokens[at].kind is Kind.BLANK:
                at += step
            if 0 <= at < len(self.tokens) and self.tokens[at].kind is Kind.REFERENCE:
                return True
        return False

    def shallower_cost(self, number: int) -> int:
        """Cost of a reference covering lines less indented than itself."""
        if all(t.kind is Kind.BLANK for t in self.tokens[number + 1 : number + 6]) and (
            number + 6 >= len(self.tokens)
        ):
            return GOES_SHALLOWER_LAST
        return GOES_SHALLOWER

    def blank_costs(self, number: int) -> tuple[int, int]:
        """Cost of inserting a blank line of the snippet, and of dropping it (-1: never)."""
        drop = self.droppable[number]
        return (INSERT_BLANK_SEPARATOR if drop == DROP_BLANK else INSERT_BLANK), drop
