"""What a request can show of a project: the loaded contexts and the plan's pending files."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

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
class ContextSource:
    """All that can be shown: contexts in their order, pending files, and how to count."""

    items: Sequence[ContextItem]
    files: PlanFiles
    count: CountTokens
    image_support: bool = True


def has_map(items: Iterable[ContextItem]) -> bool:
    """Whether there is a project map with anything in it."""
    return any(item.kind is ItemKind.MAP and item.num_tokens > 0 for item in items)


def is_file(item: ContextItem) -> bool:
    """Whether it is a file of the project, which may have pending changes."""
    return item.kind is ItemKind.FILE
