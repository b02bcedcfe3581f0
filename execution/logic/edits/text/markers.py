"""Snippet lines that stand for code: references and removals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from execution.logic.edits.text.languages import comment_signs, has_no_bare_dots

_CLOSERS = {"/*": "*/", "{/*": "*/}", "<!--": "-->", "(*": "*)", "{-": "-}"}
_ALL_SIGNS = comment_signs("?.unknown")
_LOOSE_WORD = r"(?:existing|rest|remaining|other|unchanged|start|end|previous)"
_LOOSE = re.compile(rf"^(?:\.\.\.)?.*\b{_LOOSE_WORD}\b.*\.\.\.$")
_KEPT = r"(?:here|above|below|unchanged|unmodified|remains?|stays?|is|the|same|as|before|continues)"
_PHRASE = re.compile(
    r"^(?:\.{3}\s*)?[\[(]?(?:keep\s+|the\s+|all\s+)*"
    r"(?:existing|unchanged|remaining|rest\s+of(?:\s+the)?(?:\s+existing)?)\s+(?:code|file)"
    rf"(?:\s+{_KEPT})*[\])]?(?:\s*\.{{3}})?$"
)
MAX_MARKER = 400  # characters; a longer line is content
_TELLING = re.compile("[.\u2026:]|code|file|CODE|FILE|Code|File")
_WORDS = "... existing code ..."
_BARE = frozenset({"...", "\u2026", "[...]"})
_BEGINNINGS = (*_ALL_SIGNS, ".", "\u2026", "[")
_ELISION_WORDS = re.compile(
    r"^\W*(?:the\s+)?(?:(?:rest|remainder|remaining|existing|unchanged|same|other)\b.*"
    r"\b(?:code|file|function|functions|method|methods|class|unchanged|same|before|here|"
    r"implementation|imports|body|stays?|remains?)\b.*|"
    r"keep\b.*\b(?:existing|unchanged|rest|remaining|others?|same|as[ -]is|before|above|below|"
    r"everything|code|file|functions?|methods?|class|implementation|imports|body)\b.*|"
    r"\w+(?:\s\w+){0,3} unchanged)\W*$",
)


class Kind(IntEnum):
    """What a snippet line is."""

    LITERAL = 0
    BLANK = 1
    REFERENCE = 2
    REMOVAL = 3
    IMPLIED = 4  # an outer reference nobody wrote; may stand for nothing


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    indent: int
    line: int  # number of the snippet line, -1 for implied references
    dual: bool = False  # a marker by form that also exists in the original
    start_indent: int = 0  # indentation of the first of several references in a row


@lru_cache(maxsize=64)  # asked for every line of a file
def _longest_first(signs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(signs, key=len, reverse=True))


def comment_text(line: str, signs: tuple[str, ...]) -> str | None:
    """The text of a line that is nothing but one comment, else None."""
    stripped = line.strip()
    if not stripped.startswith(signs):
        return None
    for sign in _longest_first(signs):
        if not stripped.startswith(sign):
            continue
        closer = _CLOSERS.get(sign)
        body = stripped[len(sign) :]
        if closer is not None:
            if not body.endswith(closer):
                continue
            body = body[: -len(closer)]
        elif sign in ("//", "#", "--", ";", "%"):
            body = body.lstrip(sign[0])
        return body.strip()
    return None


@lru_cache(maxsize=64)  # asked for every line of a file
def _signs_for(path: str) -> tuple[str, ...]:
    signs = comment_signs(path)
    return signs if "//" in signs else (*signs, "//")


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("\u2026", "...").split())


def _is_strong(lowered: str) -> bool:
    return _WORDS in lowered or lowered in ("...", "[...]", "(...)") or bool(_PHRASE.match(lowered))


def marker_kind(line: str, path: str) -> Kind | None:
    """REFERENCE or REMOVAL for a comment-only marker line of the language, else None."""
    if len(line) > MAX_MARKER or not line.lstrip().startswith(_BEGINNINGS):
        return None
    if not _TELLING.search(line):
        return None
    if line.strip() in _BARE:
        return Kind.REFERENCE if has_no_bare_dots(path) else None
    if _plain(line) == _WORDS:
        return Kind.REFERENCE  # without the signs of a comment it is nothing else either
    text = comment_text(line, _signs_for(path))
    if text is None:
        # In the comment syntax of another language only the exact wording is one.
        foreign = comment_text(line, _ALL_SIGNS)
        strong = foreign is not None and _WORDS in _plain(foreign)
        return Kind.REFERENCE if strong else None
    lowered = _plain(text)
    if _is_strong(lowered) or _LOOSE.match(lowered):
        return Kind.REFERENCE
    return Kind.REMOVAL if "plandex: removed" in lowered else None


def speaks_of_markers(text: str) -> bool:
    """Whether a text has words without which none of its lines looks like a marker."""
    lowered = text.lower()
    return "existing code" in lowered or "plandex: removed" in lowered


def looks_like_marker(line: str) -> bool:
    """A line that no result may hold unless the original had it: a marker in any syntax."""
    if not speaks_of_markers(line):
        return False
    if _plain(line) == _WORDS:
        return True
    text = comment_text(line, _ALL_SIGNS)
    if text is None:
        return False
    text = _plain(text)
    return _WORDS in text or "plandex: removed" in text


def looks_like_elision(line: str) -> bool:
    """A comment such as «rest of the code stays the same»: no marker, but hardly content."""
    text = comment_text(line, _ALL_SIGNS)
    if text is None or len(text) > 100:
        return False
    lowered = text.lower().replace("\u2026", "...")
    return bool(_ELISION_WORDS.match(lowered)) or (
        lowered.endswith("...") and len(lowered.split()) <= 8
    )


def indent_of(line: str) -> int:
    """Width of the leading white space, a tab counting to the next multiple of four."""
    width = 0
    for char in line:
        if char == " ":
            width += 1
        elif char == "\t":
            width += 4 - width % 4
        else:
            break
    return width


def tokenize(lines: tuple[str, ...], path: str, original: tuple[str, ...]) -> list[Token]:
    """Tokens of a snippet.

    References in a row, with at most blank lines between, become one. A marker by form that
    stands in the original between the same neighbours is content.
    """
    tokens: list[Token] = []
    neighbours = _neighbours_of_markers(original, path)
    for number, line in enumerate(lines):
        if not line.strip():
            tokens.append(Token(Kind.BLANK, line, 0, number))
            continue
        kind = marker_kind(line, path)
        indent = indent_of(line)
        if kind is None:
            tokens.append(Token(Kind.LITERAL, line, indent, number))
            continue
        dual = line in neighbours
        if dual and (_solid(lines, number, -1), _solid(lines, number, 1)) in neighbours[line]:
            tokens.append(Token(Kind.LITERAL, line, indent, number))
            continue
        if kind is Kind.REFERENCE and not dual:
            earlier = _open_reference(tokens)
            if earlier is not None:
                first = tokens[earlier]
                del tokens[earlier + 1 :]
                tokens[earlier] = Token(
                    Kind.REFERENCE,
                    first.text,
                    min(first.indent, indent),
                    first.line,
                    False,
                    first.start_indent,
                )
                continue
        tokens.append(Token(kind, line, indent, number, dual, indent))
    return _one_gap_at_removals(tokens)


def _one_gap_at_removals(tokens: list[Token]) -> list[Token]:
    """Removed code takes one of the two gaps around it along: keep the longer one shown.

    At the end of the snippet there is nothing left for a gap to separate.
    """
    solid = [n for n, token in enumerate(tokens) if token.kind is not Kind.BLANK]
    dropped: set[int] = set()
    for position, number in enumerate(solid):
        token = tokens[number]
        if token.kind is not Kind.REMOVAL or token.dual:
            continue
        above = range(solid[position - 1] + 1 if position else 0, number)
        at_end = position + 1 == len(solid)
        below = range(number + 1, len(tokens) if at_end else solid[position + 1])
        if at_end:
            dropped.update(above)
            dropped.update(below)
        elif position == 0:
            dropped.update(above)
        else:
            dropped.update(below if len(above) >= len(below) else above)
    return [token for number, token in enumerate(tokens) if number not in dropped]


def _solid(lines: tuple[str, ...], index: int, step: int) -> str | None:
    """The nearest line above or below that is not blank."""
    index += step
    while 0 <= index < len(lines):
        if lines[index].strip():
            return lines[index]
        index += step
    return None


class _Neighbours(set[tuple[str | None, str | None]]):
    """Pairs of lines around a marker-like line; equal to a pair that shares one of its lines."""

    def __contains__(self, pair: object) -> bool:
        assert isinstance(pair, tuple)
        return any(
            (above == pair[0] and above is not None) or (below == pair[1] and below is not None)
            for above, below in self
        )


def _neighbours_of_markers(lines: tuple[str, ...], path: str) -> dict[str, _Neighbours]:
    found: dict[str, _Neighbours] = {}
    for index, line in enumerate(lines):
        if marker_kind(line, path) is not None:
            pair = (_solid(lines, index, -1), _solid(lines, index, 1))
            found.setdefault(line, _Neighbours()).add(pair)
    return found


def _open_reference(tokens: list[Token]) -> int | None:
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if token.kind is Kind.BLANK:
            continue
        return index if token.kind is Kind.REFERENCE and not token.dual else None
    return None
