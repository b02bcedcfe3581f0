"""Pending changes: what is stored for each built operation, and what the files look like with it.

A *result* is one built operation on one path: the whole text of a new file, replacements in an
existing one, or a removal. It is pending until it is applied or rejected. The CLI replays results
itself (to find conflicts), so their form and the replay are its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from plans.logic.paths import is_safe_path

APPLY_SCRIPT = "_apply.sh"


class Replacement(msgspec.Struct, rename="camel"):
    """`old` is replaced where it first occurs at or after the end of the previous replacement."""

    id: str
    old: str
    new: str
    summary: str = ""
    entire_file: bool = False
    failed: bool = False
    rejected_at: datetime | None = None


class Result(msgspec.Struct, rename="camel"):
    id: str
    convo_message_id: str
    plan_build_id: str
    path: str
    created_at: datetime
    updated_at: datetime
    content: str = ""
    replacements: list[Replacement] | None = None
    removed_file: bool = False
    empty_file: bool = False
    """A new file without text: the CLI can't see such a result as pending, the server can."""
    any_failed: bool = False
    applied_at: datetime | None = None
    rejected_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.applied_at is None and self.rejected_at is None

    @property
    def is_pending(self) -> bool:
        """Open, and with something that it does."""
        return self.is_open and bool(
            self.content or self.removed_file or self.empty_file or self.live_replacements
        )

    @property
    def live_replacements(self) -> list[Replacement]:
        return [
            replacement
            for replacement in self.replacements or ()
            if not replacement.failed and replacement.rejected_at is None
        ]


class StoredOperation(msgspec.Struct):
    """An operation of a reply, word for word, so that it can be built again."""

    kind: str
    path: str
    destination: str = ""
    content: str = ""
    description: str = ""
    num_tokens: int = 0


class Description(msgspec.Struct, rename="camel"):
    """What a reply did to files: its operations, and whether they are built and applied."""

    id: str
    convo_message_id: str
    created_at: datetime
    updated_at: datetime
    summarized_to_message_id: str = ""
    wrote_files: bool = False
    commit_msg: str = ""
    operations: list[StoredOperation] = msgspec.field(default_factory=list)
    did_build: bool = False
    build_paths_invalidated: dict[str, bool] = msgspec.field(default_factory=dict)
    error: str = ""
    applied_at: datetime | None = None

    @property
    def unbuilt(self) -> list[StoredOperation]:
        """The operations that a build has to do: all, or those on invalidated paths."""
        if not self.wrote_files or self.applied_at is not None:
            return []
        if not self.did_build:
            return list(self.operations)
        return [op for op in self.operations if self.build_paths_invalidated.get(op.path)]


class PlanApply(msgspec.Struct, rename="camel"):
    id: str
    user_id: str
    created_at: datetime
    convo_message_ids: list[str] = msgspec.field(default_factory=list)
    convo_message_description_ids: list[str] = msgspec.field(default_factory=list)
    plan_file_result_ids: list[str] = msgspec.field(default_factory=list)
    commit_msg: str = ""
    script: str = ""
    """The `_apply.sh` that was executed, in full."""


_encode = msgspec.json.Encoder().encode


def encode(item: Result | Description | PlanApply) -> bytes:
    return _encode(item)


_results = msgspec.json.Decoder(Result)
_descriptions = msgspec.json.Decoder(Description)
_applies = msgspec.json.Decoder(PlanApply)


def decode_results(blobs: Iterable[bytes]) -> list[Result]:
    """In the order in which they were made."""
    return sorted(map(_results.decode, blobs), key=lambda result: (result.created_at, result.id))


def decode_descriptions(blobs: Iterable[bytes]) -> list[Description]:
    return sorted(map(_descriptions.decode, blobs), key=lambda item: (item.created_at, item.id))


def decode_applies(blobs: Iterable[bytes]) -> list[PlanApply]:
    return sorted(map(_applies.decode, blobs), key=lambda item: (item.created_at, item.id))


class ReplayFailed(Exception):
    """A replacement's old text is not where it has to be."""


@dataclass(slots=True)
class CurrentFiles:
    """The files as they are with all pending results."""

    files: dict[str, str] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    updated_at: dict[str, datetime] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    """Path → why its results can't be replayed; such a path is in none of the others."""

    def __contains__(self, path: str) -> bool:
        return path in self.files or path in self.removed

    def text(self, path: str) -> str | None:
        """The pending text; None for a path that the plan leaves alone or removes."""
        return self.files.get(path)


def pending_by_path(results: Iterable[Result]) -> dict[str, list[Result]]:
    """The pending results of each path, in order; paths sorted."""
    found: dict[str, list[Result]] = {}
    for result in results:
        if result.is_pending:
            found.setdefault(result.path, []).append(result)
    return dict(sorted(found.items()))


def current_files(results: Iterable[Result], bodies: Mapping[str, str]) -> CurrentFiles:
    """Replays the pending results on the context bodies. One bad path never spoils the others.

    Clients write these files, so a path that leads out of the project counts as bad too.
    """
    found = CurrentFiles()
    for path, pending in pending_by_path(results).items():
        if not is_safe_path(path):
            found.broken[path] = f"unsafe path: {path}"
            continue
        try:
            text = replay_results(pending, bodies.get(path))
        except ReplayFailed as failure:
            found.broken[path] = str(failure)
            continue
        if text is None:
            found.removed.add(path)
            continue
        found.files[path] = text
        found.updated_at[path] = pending[-1].created_at
    return found


def replay_results(pending: Iterable[Result], body: str | None) -> str | None:
    """The text of a path after its pending results; None when the last one removes the file."""
    text: str | None = None
    started = False
    for result in pending:
        if result.removed_file:
            text, started = None, True
        elif result.replacements:
            base = text if started else body
            if base is None:
                raise ReplayFailed(f"no context for path: {result.path}")
            text, started = replay_replacements(base, result.replacements, result.path), True
        else:
            text, started = result.content, True
    return text


def replay_replacements(text: str, replacements: Iterable[Replacement], path: str) -> str:
    position = 0
    for replacement in replacements:
        if replacement.failed or replacement.rejected_at is not None:
            continue
        if replacement.entire_file:
            text, position = replacement.new, 0
            continue
        at = text.find(replacement.old, position)
        if at < 0:
            raise ReplayFailed(f"plan replacement failed - {path}")
        text = text[:at] + replacement.new + text[at + len(replacement.old) :]
        position = at + len(replacement.new)
    return text
