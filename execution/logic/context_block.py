"""The part of a request that shows the project: loaded contexts and the plan's pending files.

Three calls share it. The planning stage has a *shared* block, equal in both of its phases so
that the provider's cache holds, and an *extra* block with the files chosen for the prompt; the
implementation stage has one block of its own.
"""

import mimetypes
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from execution.logic.chat_messages import AnyPart, ImagePart, Part
from execution.logic.prompts.render import fenced, path_list, render

APPLY_SCRIPT = "_apply.sh"
HEADING = "### LATEST PLAN CONTEXT ###"
END = "### END OF CONTEXT ###"
TOKENS_PER_PART = 6  # what a provider adds to a text part, roughly
TOKENS_PER_FENCE = 4  # two fence lines around a body

CountTokens = Callable[[str], int]


class ItemKind(StrEnum):
    """The types of context, as the CLI names them in its lists."""

    FILE = "file"
    TREE = "directory tree"
    URL = "url"
    NOTE = "note"
    PIPED = "piped data"
    IMAGE = "image"
    MAP = "map"


@dataclass(frozen=True, slots=True)
class ContextItem:
    """A loaded context; `num_tokens` is the stored count of its body, 0 if unknown."""

    id: str
    kind: ItemKind
    name: str
    path: str = ""
    url: str = ""
    body: str = ""
    num_tokens: int = 0
    auto_loaded: bool = False
    image_detail: str = "high"


@dataclass(frozen=True, slots=True)
class PlanFiles:
    """What the plan has changed and not applied; the script is not among `pending`."""

    pending: Mapping[str, str] = field(default_factory=dict)
    removed: Collection[str] = frozenset()
    apply_script: str | None = None
    applied_scripts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ContextBlock:
    """Rendered parts with their token estimate (images not counted), and the files whose whole
    text they show."""

    parts: tuple[AnyPart, ...] = ()
    tokens: int = 0
    shown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ContextSource:
    """All that can be shown: contexts in their order, pending files, and how to count."""

    items: Sequence[ContextItem]
    files: PlanFiles
    count: CountTokens
    image_support: bool = True


@dataclass(frozen=True, slots=True)
class _Entry:
    path: str
    text: str
    tokens: int
    image: ImagePart | None = None
    image_tokens: int = 0
    is_whole: bool = False

    @property
    def cost(self) -> int:
        return self.tokens + self.image_tokens


def shared_block(
    source: ContextSource, *, by_activation: bool, exec_enabled: bool, demand_commands: bool
) -> ContextBlock:
    """What every planning request shows: maps, manually loaded contexts, pending files.

    With `by_activation` (the context phase chooses the files) other pending files are only
    named, in both phases alike; without it they are shown in full, except those of
    auto-loaded contexts, which the extra block shows. The script comes after the cached part,
    with a demand for a commands section if that is empty and `demand_commands` is set.
    """
    # maps are always shown: the CLI loads the project's own map as auto-loaded
    entries = _entries(
        source,
        (item for item in source.items if not item.auto_loaded or item.kind is ItemKind.MAP),
    )
    shown = {entry.path for entry in entries}
    if not by_activation:
        shown |= {item.path for item in source.items if _is_file(item)}
    for path in _pending_paths(source, shown):
        text = source.files.pending[path]
        if by_activation:
            line = f"- File `{path}` has pending changes ({source.count(text)} 🪙)"
            entries.append(_Entry(path, line, source.count(line)))
        else:
            entries.append(_pending_entry(source, path))
    script = _script(source, demand=demand_commands) if exec_enabled else ""
    return _block(source, entries, script=script, cache=True, with_removed=True)


def activated_block(
    source: ContextSource, *, ordered: Sequence[str], others: Collection[str], budget: int
) -> ContextBlock:
    """The files the context phase chose, in the order it listed them, within the budget.

    Auto-loaded contexts and pending files can be chosen; what the shared block shows in full
    is left out. The first file that does not fit ends the block.
    """
    shared = {item.path for item in source.items if item.path and not item.auto_loaded}
    by_path = {
        item.path: item
        for item in source.items
        if item.auto_loaded and item.path and item.kind is not ItemKind.MAP
    }
    entries: list[_Entry] = []
    for path in dict.fromkeys([*ordered, *sorted(others)]):
        if path in shared:
            continue
        if path in by_path:
            chosen = _entries(source, [by_path[path]])
        elif path in source.files.pending and path != APPLY_SCRIPT:
            chosen = [_pending_entry(source, path)]
        else:
            continue
        budget -= sum(entry.cost for entry in chosen)
        if budget < 0:
            break
        entries += chosen
    return _block(source, entries) if entries else ContextBlock()


def auto_loaded_block(source: ContextSource) -> ContextBlock:
    """All auto-loaded contexts but maps, for planning without a context phase."""
    manual = {item.path for item in source.items if _is_file(item) and not item.auto_loaded}
    entries = _entries(
        source,
        (
            item
            for item in source.items
            if item.auto_loaded and item.kind is not ItemKind.MAP and item.path not in manual
        ),
    )
    return _block(source, entries) if entries else ContextBlock()


def implementation_block(
    source: ContextSource, *, task_files: Collection[str] | None, exec_enabled: bool
) -> ContextBlock:
    """What the coder sees: all but maps; with `task_files` only those files."""
    allowed = [
        item
        for item in source.items
        if not _is_file(item) or task_files is None or item.path in task_files
    ]
    entries = _entries(source, (item for item in allowed if item.kind is not ItemKind.MAP))
    shown = {entry.path for entry in entries}
    entries += [
        _pending_entry(source, path)
        for path in _pending_paths(source, shown)
        if task_files is None or path in task_files
    ]
    with_script = exec_enabled and (task_files is None or APPLY_SCRIPT in task_files)
    script = _script(source, demand=False) if with_script else ""
    return _block(source, entries, script=script, with_removed=True)


def has_map(items: Iterable[ContextItem]) -> bool:
    """Whether there is a project map with anything in it."""
    return any(item.kind is ItemKind.MAP and item.num_tokens > 0 for item in items)


def _is_file(item: ContextItem) -> bool:
    return item.kind is ItemKind.FILE


def _pending_paths(source: ContextSource, shown: Collection[str]) -> list[str]:
    return sorted(source.files.pending.keys() - set(shown) - {APPLY_SCRIPT})


def _entries(source: ContextSource, items: Iterable[ContextItem]) -> list[_Entry]:
    shown = [item for item in items if _is_shown(source, item)]
    # of two files with one path the later one counts
    newest = {item.path: item for item in shown if _is_file(item)}
    return [
        _entry(source, item) for item in shown if not _is_file(item) or newest[item.path] is item
    ]


def _is_shown(source: ContextSource, item: ContextItem) -> bool:
    if item.kind is ItemKind.IMAGE:
        return source.image_support
    if not _is_file(item) or item.path in source.files.pending:
        return item.path != APPLY_SCRIPT
    # a removed file is listed as such: its old text would only mislead
    return item.path not in source.files.removed and item.path != APPLY_SCRIPT


def _entry(source: ContextSource, item: ContextItem) -> _Entry:
    if item.kind is ItemKind.IMAGE:
        text = f"Image: {item.name}"
        image = ImagePart(_data_uri(item), item.image_detail or "high")
        return _Entry(item.path, text, source.count(text), image, item.num_tokens)
    if _is_file(item) and item.path in source.files.pending:
        return _pending_entry(source, item.path)
    tokens = item.num_tokens or source.count(item.body)
    # only files answer for a path: a tree or map of the same name does not show the file
    path = item.path if _is_file(item) else ""
    return _labelled(source, path, _label(item), item.body, tokens)


def _pending_entry(source: ContextSource, path: str) -> _Entry:
    text = source.files.pending[path]
    return _labelled(source, path, path, text, source.count(text))


def _labelled(source: ContextSource, path: str, label: str, body: str, tokens: int) -> _Entry:
    heading = f"- {label}:"
    cost = tokens + source.count(heading) + TOKENS_PER_FENCE
    return _Entry(path, f"{heading}\n\n{fenced(body)}", cost, is_whole=bool(path))


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


def _script(source: ContextSource, *, demand: bool) -> str:
    files = source.files
    texts = []
    if files.applied_scripts:
        texts.append(f"Previously executed `{APPLY_SCRIPT}`:")
        texts += [fenced(script) for script in files.applied_scripts]
    current = files.apply_script or ""
    shown = fenced(current) if current.strip() else "[empty]"
    texts.append(render("context_script", script=shown))
    if demand and not current.strip():
        texts.append(render("context_script_demand"))
    return "\n\n".join(texts)


def _block(
    source: ContextSource,
    entries: Sequence[_Entry],
    *,
    script: str = "",
    cache: bool = False,
    with_removed: bool = False,
) -> ContextBlock:
    texts = [HEADING]
    parts: list[AnyPart] = []
    tokens = source.count(HEADING) + sum(entry.tokens for entry in entries)
    for entry in entries:
        texts.append(entry.text)
        if entry.image is not None:
            parts += [Part("\n\n".join(texts)), entry.image]
            texts = []
    removed = sorted(source.files.removed) if with_removed else []
    extra = [render("removed_files", paths=path_list(removed))] if removed else []
    if not (entries or extra or script):
        extra = [render("context_empty")]
    tokens += sum(source.count(text) for text in extra)
    if texts or extra:
        parts.append(Part("\n\n".join([*texts, *extra])))
    if cache:
        parts = _cache_last_text(parts)
    for text in filter(None, [script, END]):
        parts.append(Part(text))
        tokens += source.count(text)
    tokens += TOKENS_PER_PART * sum(isinstance(part, Part) for part in parts)
    whole = frozenset(entry.path for entry in entries if entry.is_whole)
    return ContextBlock(tuple(parts), tokens, whole)


def _cache_last_text(parts: list[AnyPart]) -> list[AnyPart]:
    last = max(n for n, part in enumerate(parts) if isinstance(part, Part))
    marked = parts[last]
    assert isinstance(marked, Part)
    return [*parts[:last], Part(marked.text, cache=True), *parts[last + 1 :]]
