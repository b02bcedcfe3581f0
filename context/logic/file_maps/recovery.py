"""What to do with the parts of a file that the grammar could not parse.

An error often makes a parser swallow everything after it. So the broken stretch is cut
where its definitions end by layout, each piece is parsed by itself, in several variants
without what commonly confuses grammars, and the variant that yields most is kept.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from tree_sitter import Node

from .engine import Walker
from .entries import Entry
from .parsing import ParseTimeout, error_bytes, parse
from .tables import Language

# A file with more broken pieces than this is not in the language its name says.
MAX_PIECES = 3_000
# Errors are not looked for deeper than people nest classes.
MAX_FRAMES = 8


def recovered_entries(
    language: Language, parsed: bytes, source: bytes, root: Node, deadline: float
) -> list[Entry]:
    """The entries of a tree with errors, with its broken stretches parsed piecewise.

    `parsed` is the text of the tree, `source` the same as people wrote it.
    """
    recovery = _Recovery(language, parsed, source, deadline)
    if recovery.hides(root):
        root = _cleaned(language, parsed, root, deadline)
    recovery.nodes(root, 0)
    return recovery.walker.entries


def _cleaned(language: Language, parsed: bytes, root: Node, deadline: float) -> Node:
    """The root after the first variant was applied to the whole text, if that is better.

    It keeps the frames (namespaces) that a piece by itself would lose.
    """
    if not language.variants:
        return root
    text = language.variants[0](parsed)
    try:
        other = parse(language.grammar, text, deadline).root_node if text != parsed else root
    except ParseTimeout:
        return root
    return other if error_bytes(other) < error_bytes(root) else root


@dataclass(slots=True)
class _Recovery:
    language: Language
    parsed: bytes
    source: bytes
    deadline: float
    walker: Walker = field(init=False)
    pieces: int = 0

    def __post_init__(self) -> None:
        self.walker = Walker(self.language, self.source)

    def nodes(self, holder: Node, depth: int) -> None:
        """The children in order, with broken neighbours joined to whole lines."""
        begin = -1
        for node in holder.children:
            sound = self.is_sound(node)
            broken = not sound and not self.is_shell(node)
            if broken and begin < 0:
                begin = self.source.rfind(b"\n", 0, node.start_byte) + 1
                begin = max(begin, holder.start_byte)
            elif not broken:
                if begin >= 0:
                    self.broken(begin, node.start_byte, depth)
                    begin = -1
                if sound:
                    self.walker.visit(node, depth)
                else:
                    self.frame(node, depth)
        if begin >= 0:
            self.broken(begin, holder.end_byte, depth)

    def is_shell(self, node: Node) -> bool:
        """Tell whether a node is a mere frame around definitions, broken only inside."""
        return node.type in self.language.shells

    def hides(self, holder: Node) -> bool:
        """Tell whether an error in a frame may hide the beginning of another frame."""
        return any(
            self.hides(_content(node)) if self.is_shell(node) else self.is_long(node)
            for node in holder.children
            if not self.is_sound(node)
        )

    def is_long(self, node: Node) -> bool:
        """Tell whether a broken node is more than one piece, or may be in this language."""
        if self.language.nested:
            return True
        piece_end = self.language.piece_end
        if piece_end is None:
            return False
        found = piece_end.search(self.source, node.start_byte, node.end_byte)
        return found is not None and found.end() < node.end_byte

    def is_sound(self, node: Node, level: int = 0) -> bool:
        """Tell whether errors in a node, if any, are in bodies of functions that end by layout.

        Such an error hides nothing: the brace that closes the function is where people put it.
        """
        if not node.has_error:
            return True
        if node.is_error or node.is_missing or level > MAX_FRAMES:
            return False
        body = None
        if self.language.is_function is not None and self.language.is_function(node):
            body = node.child_by_field_name("body")
            if body is not None and not _ends_by_layout(self.source, node):
                return False
        return all(self.is_sound(c, level + 1) for c in node.children if c != body)

    def frame(self, node: Node, depth: int) -> None:
        count = len(self.walker.entries)
        self.walker.visit(node, depth, members=False)
        inside = depth + (len(self.walker.entries) > count)
        self.nodes(_content(node), inside)

    def broken(self, begin: int, end: int, depth: int) -> None:
        for first, last in _pieces(self.language, self.parsed, begin, end):
            self.pieces += 1
            if self.pieces > MAX_PIECES or time.process_time() > self.deadline:
                return
            text, source = self.parsed[first:last], self.source[first:last]
            for entry in _best(self.language, text, source, self.deadline):
                self.walker.entries.append(replace(entry, depth=entry.depth + depth))


def _content(frame: Node) -> Node:
    """The node whose children are what a frame holds."""
    body = frame.child_by_field_name("body")
    return body if body is not None and body.child_count else frame


def _ends_by_layout(source: bytes, node: Node) -> bool:
    """The node ends with the first line that begins with a brace as far left as the node."""
    begin = source.rfind(b"\n", 0, node.start_byte) + 1
    indent = source[begin : node.start_byte]
    if indent.strip(b" \t"):
        return False
    found = _closing(indent).search(source, node.start_byte, node.end_byte)
    return found is not None and found.end() == node.end_byte


@lru_cache(64)
def _closing(indent: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"^" + indent + rb"\}", re.MULTILINE)


def _pieces(language: Language, text: bytes, begin: int, end: int) -> Iterator[tuple[int, int]]:
    found = language.piece_end.finditer(text, begin, end) if language.piece_end else ()
    for piece in found:
        yield begin, piece.end()
        begin = piece.end()
    if text[begin:end].strip():
        yield begin, end


def _best(language: Language, text: bytes, source: bytes, deadline: float) -> list[Entry]:
    best: tuple[int, int] | None = None
    entries: list[Entry] = []
    for variant in (None, *language.variants):
        changed = variant(text) if variant else text
        if variant and changed == text:
            continue
        text = changed
        try:
            root = parse(language.grammar, text, deadline).root_node
        except ParseTimeout:
            break
        # Signatures are shown from the source itself: every variant keeps the offsets.
        walker = Walker(language, source)
        walker.visit_children(root)
        score = (len(walker.entries), -error_bytes(root))
        if best is None or score > best:
            best, entries = score, walker.entries
        if not root.has_error:
            break
    return entries or (language.last_resort(source) if language.last_resort else [])
