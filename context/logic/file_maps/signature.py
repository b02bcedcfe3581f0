"""From a stretch of source to one line of a map."""

from __future__ import annotations

import re

from tree_sitter import Node

from .entries import MAX_LINE, balanced, cut_line
from .tables import Language

MAX_NOTE = 60
# A signature longer than this is cut before any work is done on it; decorators and comments
# in it may be longer.
MAX_SOURCE = 4_000
MAX_WRAPPED = 32_000

_SPACE = re.compile(rb"\s+")
_INSIDE = re.compile(r"(?<=[(\[]) | (?=[)\]])|, ?(?=\))")


def signature_text(
    language: Language, source: bytes, spans: list[tuple[int, int]], node: Node, prefix: str = ""
) -> str:
    """Render the source in `spans`, all within `node`, as one cleaned line."""
    line = _source(language, source, spans, node, language.notes)
    if prefix:
        line = prefix + line
    if len(line) > MAX_LINE and language.notes:
        # Decorators that leave no room for what they decorate.
        line = prefix + _source(language, source, spans, node, frozenset())
    return clean_line(line, language)


def _source(
    language: Language,
    source: bytes,
    spans: list[tuple[int, int]],
    node: Node,
    notes: frozenset[str],
) -> str:
    parts = []
    for begin, end in spans:
        end = min(end, begin + MAX_WRAPPED)
        if language.trivia.search(source, begin, end):
            parts.append(_without_trivia(language, source, begin, end, node, notes)[:MAX_SOURCE])
        else:
            parts.append(source[begin : min(end, begin + MAX_SOURCE)])
    raw = parts[0] if len(parts) == 1 else b" ".join(parts)
    return raw.decode("utf-8", "replace")


def clean_line(text: str, language: Language | None = None) -> str:
    """Collapse white space, drop what dangles at the end, cut to one map line."""
    line = " ".join(text.split())
    # Few lines have any of these, and looking for them is much cheaper than the pattern.
    if "( " in line or " )" in line or ",)" in line or "[ " in line or " ]" in line:
        line = _INSIDE.sub("", line)
    tail = language.tail + " " if language else " {;"
    line = line.rstrip(tail)
    if language is not None:
        for word in language.tail_words:
            if line.endswith(word):
                line = line[: -len(word)].rstrip(tail)
        if language.balance:
            line = balanced(line)
    return line if len(line) <= MAX_LINE else cut_line(line)


def _without_trivia(
    language: Language, source: bytes, begin: int, end: int, node: Node, notes: frozenset[str]
) -> bytes:
    """The source from begin to end without comments and with short decorators only."""
    pieces: list[bytes] = []
    at = begin
    for child, keep in _trivia(language, source, begin, end, node):
        if child.start_byte < at:
            continue
        pieces.append(source[at : child.start_byte])
        pieces.append(keep if child.type in notes else b" ")
        at = child.end_byte
    pieces.append(source[at:end])
    return b"".join(pieces)


def _trivia(
    language: Language, source: bytes, begin: int, end: int, node: Node, level: int = 0
) -> list[tuple[Node, bytes]]:
    """Comments and decorators between begin and end, with what is to stand for them."""
    found: list[tuple[Node, bytes]] = []
    for child in node.children:
        if child.end_byte <= begin:
            continue
        if child.start_byte >= end:
            break
        kind = child.type
        if kind in language.dropped:
            found.append((child, b" "))
        elif kind in language.notes:
            found.append((child, _note(language, source, child)))
        elif child.child_count and level < 40:
            found += _trivia(language, source, begin, end, child, level + 1)
    return found


def _note(language: Language, source: bytes, node: Node) -> bytes:
    text = _SPACE.sub(b" ", source[node.start_byte : node.end_byte]).decode("utf-8", "replace")
    if language.dull_notes and language.dull_notes.match(text):
        return b" "
    if len(text) > MAX_NOTE:
        text = text[: MAX_NOTE - 1] + "…"
    return f"{text} ".encode()
