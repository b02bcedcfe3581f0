"""What to do with the parts of a file that the grammar could not parse.

An error often makes a parser swallow everything after it. So the broken stretch is cut
where its definitions end by layout, each piece is parsed by itself, in several variants
without what commonly confuses grammars, and the variant that yields most is kept.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from .engine import Walker
from .entries import Entry
from .parsing import ParseTimeout, error_bytes, parse
from .tables import Language

# A file with more broken pieces than this is not in the language its name says.
MAX_PIECES = 3_000


def recovered_entries(
    language: Language, grammar: str, source: bytes, root: Node, deadline: float
) -> list[Entry]:
    """The entries of a tree with errors, with its broken stretches parsed piecewise."""
    recovery = _Recovery(language, grammar, source, deadline)
    recovery.nodes(_cleaned(language, grammar, source, root, deadline), 0)
    return recovery.walker.entries


def _cleaned(language: Language, grammar: str, source: bytes, root: Node, deadline: float) -> Node:
    """The root after the first variant was applied to the whole text, if that is better.

    It keeps the frames (namespaces) that a piece by itself would lose.
    """
    if not language.variants:
        return root
    try:
        other = parse(grammar, language.variants[0](source), deadline).root_node
    except ParseTimeout:
        return root
    return other if error_bytes(other) < error_bytes(root) else root


@dataclass(slots=True)
class _Recovery:
    language: Language
    grammar: str
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
            broken = node.has_error and not self.is_shell(node)
            if broken and begin < 0:
                begin = self.source.rfind(b"\n", 0, node.start_byte) + 1
                begin = max(begin, holder.start_byte)
            elif not broken:
                if begin >= 0:
                    self.broken(begin, node.start_byte, depth)
                    begin = -1
                self.whole(node, depth)
        if begin >= 0:
            self.broken(begin, holder.end_byte, depth)

    def is_shell(self, node: Node) -> bool:
        """Tell whether a node is a mere frame around definitions, broken only inside."""
        return node.type in self.language.shells

    def whole(self, node: Node, depth: int) -> None:
        if not node.has_error:
            self.walker.visit(node, depth)
            return
        count = len(self.walker.entries)
        self.walker.visit(node, depth, members=False)
        inside = depth + (len(self.walker.entries) > count)
        body = node.child_by_field_name("body")
        self.nodes(body if body is not None and body.child_count else node, inside)

    def broken(self, begin: int, end: int, depth: int) -> None:
        for piece in _pieces(self.language, self.source[begin:end]):
            self.pieces += 1
            if self.pieces > MAX_PIECES or time.process_time() > self.deadline:
                return
            for entry in _best(self.language, self.grammar, piece, self.deadline):
                self.walker.entries.append(replace(entry, depth=entry.depth + depth))


def _pieces(language: Language, text: bytes) -> Iterator[bytes]:
    at = 0
    for found in language.piece_end.finditer(text) if language.piece_end else ():
        yield text[at : found.end()]
        at = found.end()
    if text[at:].strip():
        yield text[at:]


def _best(language: Language, grammar: str, piece: bytes, deadline: float) -> list[Entry]:
    best: tuple[int, int] | None = None
    entries: list[Entry] = []
    text = piece
    for variant in (None, *language.variants):
        changed = variant(text) if variant else text
        if variant and changed == text:
            continue
        text = changed
        try:
            root = parse(grammar, text, deadline).root_node
        except ParseTimeout:
            break
        # Signatures are shown from the piece itself: every variant keeps the offsets.
        walker = Walker(language, piece)
        walker.visit_children(root)
        score = (len(walker.entries), -error_bytes(root))
        if best is None or score > best:
            best, entries = score, walker.entries
        if not root.has_error:
            break
    return entries or (language.last_resort(piece) if language.last_resort else [])
