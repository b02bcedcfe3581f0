"""The part of a request that shows the project: loaded contexts and the plan's pending files.

Three calls share it. The planning stage has a *shared* block, equal in both of its phases so
that the provider's cache holds, and an *extra* block with the files chosen for the prompt; the
implementation stage has one block of its own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from execution.logic.changes import APPLY_SCRIPT
from execution.logic.chat_messages import AnyPart, Part
from execution.logic.context_entries import Entry, entries_of, pending_entry, pending_paths
from execution.logic.context_items import ContextSource, ItemKind, is_file
from execution.logic.prompts.render import fenced, path_list, render

HEADING = "### LATEST PLAN CONTEXT ###"
END = "### END OF CONTEXT ###"
TOKENS_PER_PART = 6  # what a provider adds to a text part, roughly


@dataclass(frozen=True, slots=True)
class ContextBlock:
    """Rendered parts with their token estimate (images not counted), and the files whose whole
    text they show."""

    parts: tuple[AnyPart, ...] = ()
    tokens: int = 0
    shown: frozenset[str] = frozenset()


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
    entries = entries_of(
        source,
        (item for item in source.items if not item.auto_loaded or item.kind is ItemKind.MAP),
    )
    shown = {entry.path for entry in entries}
    if not by_activation:
        shown |= {item.path for item in source.items if is_file(item)}
    for path in pending_paths(source, shown):
        text = source.files.pending[path]
        if by_activation:
            line = f"- File `{path}` has pending changes ({source.count(text)} 🪙)"
            entries.append(Entry(path, line, source.count(line)))
        else:
            entries.append(pending_entry(source, path))
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
    entries: list[Entry] = []
    for path in dict.fromkeys([*ordered, *sorted(others)]):
        if path in shared:
            continue
        if path in by_path:
            chosen = entries_of(source, [by_path[path]])
        elif path in source.files.pending and path != APPLY_SCRIPT:
            chosen = [pending_entry(source, path)]
        else:
            continue
        budget -= sum(entry.cost for entry in chosen)
        if budget < 0:
            break
        entries += chosen
    return _block(source, entries) if entries else ContextBlock()


def auto_loaded_block(source: ContextSource) -> ContextBlock:
    """All auto-loaded contexts but maps, for planning without a context phase."""
    manual = {item.path for item in source.items if is_file(item) and not item.auto_loaded}
    entries = entries_of(
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
        if not is_file(item) or task_files is None or item.path in task_files
    ]
    entries = entries_of(source, (item for item in allowed if item.kind is not ItemKind.MAP))
    shown = {entry.path for entry in entries}
    entries += [
        pending_entry(source, path)
        for path in pending_paths(source, shown)
        if task_files is None or path in task_files
    ]
    with_script = exec_enabled and (task_files is None or APPLY_SCRIPT in task_files)
    script = _script(source, demand=False) if with_script else ""
    return _block(source, entries, script=script, with_removed=True)


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
    entries: Sequence[Entry],
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
