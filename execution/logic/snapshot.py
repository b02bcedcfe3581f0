"""What a client that joins a run late is shown: the log so far, folded."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from execution.logic.events import (
    BuildInfo,
    Describing,
    LoadContext,
    PromptMissingFile,
    Reply,
)
from execution.logic.stretches import Answered, Entry

SKIPPED_LINES = 3
"""What the CLI takes back when its user skips a file: label, fence and the line after it."""


@dataclass(slots=True)
class Snapshot:
    """`replies` are the texts of the run's replies, the last one possibly in progress."""

    replies: list[str] = field(default_factory=list)
    builds: dict[str, BuildInfo] = field(default_factory=dict)
    missing_file: PromptMissingFile | None = None
    load_context: LoadContext | None = None
    position: int = 0


def snapshot_of(entries: Iterable[Entry]) -> Snapshot:
    snapshot = Snapshot()
    texts: list[str] = []
    for entry in entries:
        snapshot.position += 1
        match entry:
            case Reply(text):
                texts.append(text)
            case Describing():
                _close(snapshot, texts)
            case BuildInfo(path):
                snapshot.builds[path] = entry
            case PromptMissingFile():
                snapshot.missing_file = entry
            case LoadContext():
                snapshot.load_context = entry
            case Answered(choice):
                snapshot.missing_file = snapshot.load_context = None
                if choice == "skip":
                    texts[:] = ["".join("".join(texts).splitlines(keepends=True)[:-SKIPPED_LINES])]
    _close(snapshot, texts)
    return snapshot


def _close(snapshot: Snapshot, texts: list[str]) -> None:
    text = "".join(texts)
    if text:
        snapshot.replies.append(text)
    texts.clear()
