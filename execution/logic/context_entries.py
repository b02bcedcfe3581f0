"""Contexts and pending files as the entries of a context block, each with what it costs."""

import mimetypes
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from execution.logic.changes import APPLY_SCRIPT
from execution.logic.chat_messages import ImagePart
from execution.logic.context_items import (
    ContextItem,
    ContextSource,
    ItemKind,
    is_file,
)
from execution.logic.prompts.render import fenced

TOKENS_PER_FENCE = 4  # two fence lines around a body


@dataclass(frozen=True, slots=True)
class Entry:
    """What is shown of a context or a pending file; `path` is that of the file it shows, if any.

    `is_whole` says that the file's whole text is shown. Tokens are estimates.
    """

    path: str
    text: str
    tokens: int
    image: ImagePart | None = None
    image_tokens: int = 0
    is_whole: bool = False

    @property
    def cost(self) -> int:
        return self.tokens + self.image_tokens


def pending_paths(source: ContextSource, shown: Collection[str]) -> list[str]:
    """The pending files but those that are `shown` already, in order; never the script."""
    return sorted(source.files.pending.keys() - set(shown) - {APPLY_SCRIPT})


def entries_of(source: ContextSource, items: Iterable[ContextItem]) -> list[Entry]:
    """The entries of those items that are to be shown, in their order."""
    shown = [item for item in items if _is_shown(source, item)]
    # of two files with one path the later one counts
    newest = {item.path: item for item in shown if is_file(item)}
    return [
        _entry(source, item) for item in shown if not is_file(item) or newest[item.path] is item
    ]


def _is_shown(source: ContextSource, item: ContextItem) -> bool:
    if item.kind is ItemKind.IMAGE:
        return source.image_support
    if not is_file(item) or item.path in source.files.pending:
        return item.path != APPLY_SCRIPT
    # a removed file is listed as such: its old text would only mislead
    return item.path not in source.files.removed and item.path != APPLY_SCRIPT


def _entry(source: ContextSource, item: ContextItem) -> Entry:
    if item.kind is ItemKind.IMAGE:
        text = f"Image: {item.name}"
        image = ImagePart(_data_uri(item), item.image_detail or "high")
        return Entry(item.path, text, source.count(text), image, item.num_tokens)
    if is_file(item) and item.path in source.files.pending:
        return pending_entry(source, item.path)
    tokens = item.num_tokens or source.count(item.body)
    # only files answer for a path: a tree or map of the same name does not show the file
    path = item.path if is_file(item) else ""
    return _labelled(source, path, _label(item), item.body, tokens)


def pending_entry(source: ContextSource, path: str) -> Entry:
    """A file as the plan has changed it."""
    text = source.files.pending[path]
    return _labelled(source, path, path, text, source.count(text))


def _labelled(source: ContextSource, path: str, label: str, body: str, tokens: int) -> Entry:
    heading = f"- {label}:"
    cost = tokens + source.count(heading) + TOKENS_PER_FENCE
    return Entry(path, f"{heading}\n\n{fenced(body)}", cost, is_whole=bool(path))


def _label(item: ContextItem) -> str:
    match item.kind:
        case ItemKind.TREE:
            return f"{item.path or item.name} | directory tree"
        case ItemKind.MAP:
            return f"{item.path or item.name} | map"
        case ItemKind.URL:
            return item.url or item.name
        case ItemKind.NOTE | ItemKind.PIPED:
            return f"content {item.name}"
        case _:
            return item.path or item.name


def _data_uri(item: ContextItem) -> str:
    mime, _ = mimetypes.guess_type(item.path or item.name)
    return f"data:{mime or 'image/png'};base64,{item.body}"
