"""The words a language table is written in.

A language is one `Language` value in one module of `languages`. Its rules say, per node
type of the grammar, what the node defines, where its signature ends and whether its
members are listed. Nodes without a rule are not entered, which keeps the walk shallow:
function bodies are never visited, so locals never appear and large files stay cheap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from re import Pattern

from tree_sitter import Node

from .entries import Entry
from .lines import LineRule
from .markup import Markup

KindOf = Callable[[Node, bool], str]
NameOf = Callable[[Node], str]
NodesOf = Callable[[Node], list[Node]]

# An entry whose name is its whole rendered signature, such as a Rust impl block.
SIGNATURE = "<signature>"

# Values longer than this are never shown.
MAX_VALUE = 40
LITERAL = re.compile(
    rb"""[-+]?[0-9][\w.]*|[rbuLf]?"[^"\\\n]*"|[rbuLf]?'[^'\\\n]*'|:\w+|true|false|True|False"""
    rb"""|null|None|nil|NULL|nullptr|undefined|iota"""
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What one node type means.

    Without a kind the node is transparent: its children are walked at the same level.
    """

    kind: str | KindOf = ""
    # The kind when the enclosing definition is a type; "" means the same kind.
    member: str = ""
    # A field, SIGNATURE, or a function of the node (of the piece, if the rule splits).
    name: str | NameOf = "name"
    # Fields, then node types of direct children, at which the signature ends.
    stop: tuple[str, ...] = ("body",)
    stop_types: frozenset[str] = frozenset()
    # Fields with an assigned value: shown if it is a short literal, or up to its body if
    # it is a function; otherwise the signature ends before it.
    value: tuple[str, ...] = ()
    # Where the signature ends, for what fields and types cannot say; None: as above.
    cut: Callable[[Node], int | None] | None = None
    # Fields whose children are walked as members, then types of direct children.
    members: tuple[str, ...] = ()
    member_types: frozenset[str] = frozenset()
    # If not empty, only members of these node types are entered.
    inner: frozenset[str] = frozenset()
    # Members of this definition are members of a type.
    owner: bool = False
    # Several names in one declaration: the declarators, and the field they share.
    split: NodesOf | None = None
    suffix: str = ""
    # Text put before the signature, for declarations that are grouped.
    prefix: str = ""
    # Text put after it: what the language leaves unsaid, or a name that follows the body.
    ending: str | NameOf = ""
    # The node's start is the start of the signature of the definition in it.
    wrap: bool = False
    # The nodes whose children are walked: instead of the node's own in a transparent rule,
    # besides its members in a definition.
    via: NodesOf | None = None
    # Anonymous functions passed to a call: declarations in them are listed, variables not.
    callback: bool = False
    not_in_callback: bool = False
    # Transparent rules only: nodes that are looked at themselves instead.
    visit: NodesOf | None = None
    # Fields whose nodes are looked at first, at the same level, for definitions of their own.
    also: tuple[str, ...] = ()
    # The rule holds for these nodes only; `otherwise` is tried for the rest.
    when: Callable[[Node], bool] | None = None
    otherwise: Rule | None = None
    # Nodes listed only if something in them is listed.
    prune: Callable[[Node], bool] | None = None
    # Listed once per level, at its first assignment.
    once: bool = False


ENTER = Rule()
WRAP = Rule(wrap=True)


@dataclass(frozen=True, slots=True)
class Language:
    """How files of one language are recognised and mapped."""

    name: str
    extensions: tuple[str, ...] = ()
    filenames: tuple[str, ...] = ()
    # Grammars in order of preference; a later one is tried when the first finds errors.
    grammars: tuple[str, ...] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict)
    # Node types with a body whose signature is shown when they are an assigned value.
    callables: frozenset[str] = frozenset()
    # Node types removed from signatures, and those shortened in them (decorators).
    dropped: frozenset[str] = frozenset({"comment", "line_comment", "block_comment"})
    notes: frozenset[str] = frozenset()
    # Notes that say nothing to a reader of a map.
    dull_notes: Pattern[str] | None = None
    # Only signatures that match are searched for dropped nodes and notes.
    trivia: Pattern[bytes] = re.compile(rb"//|/\*|#|@|--|\[")
    # Characters and words that may not end a line of the map.
    tail: str = "{:=;,"
    tail_words: tuple[str, ...] = ()
    # Signatures are cut inside parentheses, which are closed again.
    balance: bool = False
    # A rewrite of the source that keeps every offset, for what a grammar cannot parse.
    prepare: Callable[[bytes], bytes] | None = None
    # The same for what no map shows (see `bodies`).
    bodies: Callable[[bytes], bytes] | None = None
    # How to go on after errors (see `recovery`): where definitions end by layout, nodes
    # that only frame other definitions, rewrites that keep every offset, and entries of a
    # piece that no variant explains.
    piece_end: Pattern[bytes] | None = None
    shells: frozenset[str] = frozenset()
    # Whether definitions are commonly inside others (namespaces, classes) that errors hide.
    nested: bool = True
    # Tells nodes that are functions, whatever is wrong in their bodies.
    is_function: Callable[[Node], bool] | None = None
    variants: tuple[Callable[[bytes], bytes], ...] = ()
    last_resort: Callable[[bytes], list[Entry]] | None = None
    # Or simply how definitions begin (see `rescue`).
    headers: tuple[LineRule, ...] = ()
    # Parts of the names of nodes in which such a beginning is text.
    texts: tuple[str, ...] = ("string", "comment")
    # Node types at the top that mean that the grammar took a definition for an expression.
    misread: frozenset[str] = frozenset()
    # A mapper of another kind (lines, markup) instead of a grammar.
    mapper: Callable[[str], list[Entry]] | None = None
    # Or a scanner for markup with code in it.
    markup: Markup | None = None
    # Entries below this depth are not listed.
    max_depth: int = 20
    # Another language for some texts of this one (C headers that are C++).
    instead: Callable[[bytes], str | None] | None = None

    @property
    def grammar(self) -> str:
        """The grammar that is tried first."""
        return self.grammars[0] if self.grammars else self.name


def leaf(kind: str | KindOf, member: str = "", name: str | NameOf = "name", **more: object) -> Rule:
    """A definition without listed members; its signature ends before its body."""
    return Rule(kind, member, name, **more)  # type: ignore[arg-type]  # forwarded as given


def container(
    kind: str | KindOf,
    body: str = "body",
    *,
    block: str = "",
    name: str | NameOf = "name",
    owner: bool = True,
    **more: object,
) -> Rule:
    """A definition whose members are listed: in a field, or in child nodes of a type."""
    blocks = frozenset(block.split()) if block else frozenset()
    fields = () if block else (body,)
    options: dict[str, object] = {
        "stop": fields,
        "stop_types": blocks,
        "members": fields,
        "member_types": blocks,
        "owner": owner,
    }
    return Rule(kind, "", name, **{**options, **more})  # type: ignore[arg-type]  # as above


def header(kind: str, pattern: str) -> LineRule:
    """How a definition begins, at the start of a line, down to its group `name`."""
    return LineRule(kind, re.compile(rf"^[ \t]*(?P<text>{pattern})", re.MULTILINE))


# An annotation on the line of what it belongs to.
ANNOTATION = r"@\w[\w.:]*(?:\([^()\n]*\))?"


def modifier(words: str, note: str = "") -> str:
    """The pattern of one modifier or annotation in front of a definition, with the space after."""
    return rf"(?:(?:{'|'.join(([note] if note else []) + words.split())})\s+)"


def type_headers(modifiers: str, kinds: str) -> tuple[LineRule, ...]:
    """How types begin that are announced by the word for their kind."""
    return tuple(header(kind, rf"{modifiers}{kind}\s+(?P<name>\w+)") for kind in kinds.split())


def types(words: str) -> frozenset[str]:
    """Node types from one string, for tables that read like prose."""
    return frozenset(words.split())


def each(rule: Rule, words: str) -> dict[str, Rule]:
    """The same rule for several node types."""
    return dict.fromkeys(words.split(), rule)
