"""The shallow walk: a syntax tree and a language table give the entries of a file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from tree_sitter import Node

from .entries import Entry
from .naming import reading, returned_body
from .naming import text as text_of
from .signature import signature_text
from .tables import LITERAL, MAX_VALUE, SIGNATURE, Language, Rule

# Deeper than any code people read; bounds the recursion on hostile input.
MAX_LEVEL = 120
MAX_ENTRIES = 20_000
_NONE: frozenset[str] = frozenset()


def walk(language: Language, source: bytes, root: Node) -> list[Entry]:
    """List the definitions of one parsed file in source order."""
    walker = Walker(language, source)
    walker.visit_children(root)
    return walker.entries


class _Place(NamedTuple):
    """Where the walk is. A wrapper belongs to the signature of the next definition."""

    depth: int = 0
    level: int = 0
    owner: bool = False
    wrapper: Node | None = None
    callback: bool = False


def _applies(rule: Rule | None, node: Node) -> Rule | None:
    """The rule, or the first of its alternatives, that holds for the node."""
    while rule is not None and rule.when is not None and not rule.when(node):
        rule = rule.otherwise
    return rule


@dataclass(slots=True)
class Walker:
    """Collects entries; `visit` may be called for several nodes of one source.

    Most files cost little more than their parse, so the walk is written for speed: what is
    looked up for every node is a local name, and what few rules use is asked for last.
    """

    language: Language
    source: bytes
    entries: list[Entry] = field(default_factory=list)
    seen: set[tuple[int, str]] = field(default_factory=set)

    def visit(self, node: Node, depth: int = 0, members: bool = True) -> None:
        """List what a top-level node defines, with or without what is in it."""
        rule = _applies(self.language.rules.get(node.type), node)
        if rule is None or (not members and not rule.kind):
            return
        reading(self.source)
        self.node(
            rule if members else replace(rule, members=(), member_types=_NONE), node, _Place(depth)
        )

    def visit_children(self, root: Node) -> None:
        """List what the children of a root define."""
        reading(self.source)
        self.children(root, _Place())

    def children(self, node: Node, place: _Place) -> None:
        rule_of, entries = self.language.rules.get, self.entries
        if place.level > MAX_LEVEL or len(entries) > MAX_ENTRIES:
            return
        for child in node.children:
            rule = rule_of(child.type)
            if rule is None:
                continue
            if place.wrapper is None:
                self.node(rule, child, place)
                continue
            count = len(entries)
            self.node(rule, child, place)
            if len(entries) > count:
                # Only the first definition in a wrapper begins where the wrapper does.
                place = place._replace(wrapper=None)

    def node(self, rule: Rule, node: Node, place: _Place) -> None:
        while rule.when is not None and not rule.when(node):
            if rule.otherwise is None:
                return
            rule = rule.otherwise
        if rule.not_in_callback and place.callback:
            return
        if rule.kind:
            self.definition(rule, node, place)
            return
        wrapper = (place.wrapper or node) if rule.wrap else None
        callback = place.callback or rule.callback
        inside = _Place(place.depth, place.level + 1, place.owner, wrapper, callback)
        if rule.visit is not None:
            for target in rule.visit(node):
                self.node(self.language.rules[target.type], target, inside)
            return
        for target in rule.via(node) if rule.via else (node,):
            self.children(target, inside)

    def definition(self, rule: Rule, node: Node, place: _Place) -> None:
        for name in rule.also:
            inner = node.child_by_field_name(name)
            found = self.language.rules.get(inner.type) if inner is not None else None
            found = _applies(found, inner) if found is not None and inner is not None else None
            if inner is not None and found is not None and found.kind:
                self.definition(found, inner, place)
        outer = place.wrapper or node
        pieces = rule.split(node) if rule.split else [node]
        mark = len(self.entries)
        for piece in pieces:
            spans = self.spans(rule, node, outer.start_byte, pieces, piece)
            text = signature_text(self.language, self.source, spans, outer, rule.prefix)
            if rule.ending:
                text += rule.ending if isinstance(rule.ending, str) else rule.ending(piece)
            self.add(rule, piece, place, text, spans)
        if len(self.entries) == mark:
            return
        if rule.members or rule.member_types or rule.via:
            count = len(self.entries)
            self.members(rule, node, place)
            if rule.prune and len(self.entries) == count and rule.prune(node):
                del self.entries[mark:]

    def add(
        self, rule: Rule, piece: Node, place: _Place, text: str, spans: list[tuple[int, int]]
    ) -> None:
        name = text if rule.name is SIGNATURE else self.name(rule, piece)
        if not name or not text:
            return
        if rule.once:
            # The level's parent is the last entry above it, so its position tells levels apart.
            key = (self.parent(place.depth), name)
            if key in self.seen:
                return
            self.seen.add(key)
        kind = rule.kind if isinstance(rule.kind, str) else rule.kind(piece, place.owner)
        if place.owner and rule.member:
            kind = rule.member
        if kind:
            begin, end = spans[0][0], spans[-1][1]
            self.entries.append(Entry(kind, name, place.depth, text, begin, end))

    def parent(self, depth: int) -> int:
        for position in range(len(self.entries) - 1, -1, -1):
            if self.entries[position].depth < depth:
                return position
        return -1

    def name(self, rule: Rule, piece: Node) -> str:
        if callable(rule.name):
            return rule.name(piece)
        found = piece.child_by_field_name(rule.name) if rule.name else piece
        if found is None:
            return ""
        return text_of(found)

    def members(self, rule: Rule, node: Node, place: _Place) -> None:
        if place.depth >= self.language.max_depth:
            return
        inside = _Place(place.depth + 1, place.level + 1, rule.owner)
        for name in rule.members:
            # Looked for once before all are: that is three times as fast, and most have none.
            if node.child_by_field_name(name) is None:
                continue
            for child in node.children_by_field_name(name):
                if not rule.inner or child.type in rule.inner:
                    self.children(child, inside)
        if rule.member_types:
            for child in node.children:
                if child.type in rule.member_types:
                    self.children(child, inside)
        for target in rule.via(node) if rule.via else ():
            self.children(target, inside)

    def spans(
        self, rule: Rule, node: Node, begin: int, pieces: list[Node], piece: Node
    ) -> list[tuple[int, int]]:
        """The stretches of source that make up the signature of one piece."""
        if rule.split is None:
            return [(begin, self.end(rule, node))]
        end = self.end(rule, piece)
        if len(pieces) == 1:
            return [(begin, end if end < piece.end_byte else self.end(rule, node))]
        spans = [(piece.start_byte, end)]
        if pieces[0].start_byte > begin:
            spans.insert(0, (begin, pieces[0].start_byte))
        shared = node.child_by_field_name(rule.suffix) if rule.suffix else None
        if shared is not None:
            spans.append((shared.start_byte, shared.end_byte))
        return spans

    def end(self, rule: Rule, node: Node) -> int:
        cut = rule.cut(node) if rule.cut else None
        if cut is not None:
            return cut
        for name in rule.stop:
            found = node.child_by_field_name(name)
            if found is not None:
                return found.start_byte
        for name in rule.value:
            found = node.child_by_field_name(name)
            if found is not None:
                return self.value_end(found)
        if rule.stop_types:
            for child in node.children:
                if child.type in rule.stop_types:
                    return child.start_byte
        return node.end_byte

    def value_end(self, value: Node) -> int:
        begin, end = value.start_byte, value.end_byte
        if value.type in self.language.callables:
            body = returned_body(value, self.language.callables)
            if body is not None:
                return body.start_byte
            parameters = value.child_by_field_name("parameters")
            return end if parameters is None else parameters.end_byte
        if end - begin <= MAX_VALUE and LITERAL.fullmatch(self.source, begin, end):
            return end
        return begin
