"""One file's text to its entries and its map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .engine import walk
from .entries import Entry
from .limits import is_binary, is_minified, truncate_input
from .markup import Inject, markup_entries
from .parsing import ParseTimeout, best_tree, error_bytes, new_deadline
from .recovery import recovered_entries
from .registry import language_for, registry
from .render import NO_MAP, render
from .rescue import with_rescued
from .tables import Language

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

# What the CLI is built to map; it sends no content for anything else.
CLI_LANGUAGES = frozenset(
    "bash c cpp csharp css dockerfile elixir elm go html java javascript tsx typescript kotlin"
    " lua markdown php python ruby rust scala svelte swift".split()
)


class NoMap(Exception):
    """The file cannot have a map: its type is not known, or it is binary or minified."""


def has_map_support(path: str) -> bool:
    """Tell whether files of this name can be mapped."""
    return language_for(path) is not None


def map_file(path: str, text: str) -> str:
    """The map of one file: "" without definitions, `[NO MAP]` without support."""
    try:
        return map_item((path, text))
    except ParseTimeout:
        return ""


def map_item(item: tuple[str, str]) -> str:
    """`map_file` for worker processes: raises ParseTimeout, so that their owner knows."""
    try:
        return render(file_entries(*item))
    except NoMap:
        return NO_MAP


def file_entries(path: str, text: str) -> list[Entry]:
    """The definitions of one file; raises NoMap or ParseTimeout."""
    language = language_for(path)
    if language is None or is_binary(text):
        raise NoMap(path)
    if not text and language.name not in CLI_LANGUAGES:
        # The CLI sends "" for what it does not map: that says nothing about the content.
        raise NoMap(path)
    return language_entries(language, truncate_input(text))


def language_entries(language: Language, text: str, deadline: float | None = None) -> list[Entry]:
    """The definitions in a text of a known language."""
    source = text.encode("utf-8", "replace")
    if is_minified(source):
        raise NoMap(language.name)
    if language.mapper is not None:
        return language.mapper(text)
    deadline = deadline or new_deadline()
    if language.markup is not None:
        return markup_entries(text, language.markup, _injector(deadline))
    instead = language.instead(source) if language.instead else None
    if instead is not None:
        language = registry().by_name[instead]
    tree, parsed = _parsed(language, source, deadline)
    # Shown from the source as it is: what was changed for the grammar keeps its offsets.
    entries = walk(language, source, tree.root_node)
    if language.piece_end is not None and tree.root_node.has_error:
        other = recovered_entries(language, parsed, source, tree.root_node, deadline)
        return other if len(other) >= len(entries) else entries
    if tree.root_node.has_error or _is_misread(language, tree.root_node):
        return with_rescued(language, source, tree.root_node, entries)
    return entries


def _parsed(language: Language, source: bytes, deadline: float) -> tuple[Tree, bytes]:
    """The tree of a text without what no map shows, or of the whole text; and what was parsed."""
    grammars = language.grammars or (language.name,)
    prepare = language.prepare or _as_it_is
    short = language.bodies(source) if language.bodies else source
    parsed = prepare(short)
    tree = best_tree(grammars, parsed, deadline)
    if short == source or not tree.root_node.has_error or language.piece_end is not None:
        return tree, parsed
    whole = prepare(source)
    other = best_tree(grammars, whole, deadline)
    # A wrong guess shows as an error that the whole text has not.
    if error_bytes(tree.root_node) <= error_bytes(other.root_node):
        return tree, parsed
    return other, whole


def _as_it_is(source: bytes) -> bytes:
    return source


def _is_misread(language: Language, root: Node) -> bool:
    return bool(language.misread) and any(c.type in language.misread for c in root.children)


def _injector(deadline: float) -> Inject:
    """Maps code that is embedded in markup; code that cannot be mapped has no entries."""

    def inject(name: str, code: str) -> list[Entry]:
        try:
            return language_entries(registry().by_name[name], code, deadline)
        except (NoMap, ParseTimeout):
            return []

    return inject
