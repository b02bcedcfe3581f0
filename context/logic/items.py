"""A context item: what is stored of it, and what clients see of it.

The item itself is small: its body and the parts of a map are stored beside it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

import msgspec

T = TypeVar("T")


class ContextType(StrEnum):
    """The words of the CLI."""

    FILE = "file"
    URL = "url"
    NOTE = "note"
    DIRECTORY_TREE = "directory tree"
    PIPED_DATA = "piped data"
    IMAGE = "image"
    MAP = "map"


# The words of the API's own schema, where they differ.
API_TYPES = {
    ContextType.DIRECTORY_TREE: "directoryTree",
    ContextType.PIPED_DATA: "pipedData",
    ContextType.MAP: "directoryMap",
}
CONTEXT_WORDS = {
    **{kind.value: kind for kind in ContextType},
    **{word: kind for kind, word in API_TYPES.items()},
}
# Types whose name the server chooses.
NAMED_BY_SERVER = frozenset({ContextType.NOTE, ContextType.PIPED_DATA})
# Types whose path is that of one file, which a reply may write to.
FILE_TYPES = frozenset({ContextType.FILE, ContextType.IMAGE})


def context_type(word: str) -> ContextType | None:
    """The type that a word of either dialect names."""
    return CONTEXT_WORDS.get(word)


class ContextItem(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One item as it is stored, without body and map parts. The field names are the JSON keys."""

    id: str
    owner_id: str
    context_type: ContextType
    created_at: datetime
    updated_at: datetime
    name: str = ""
    url: str = ""
    file_path: str = ""
    sha: str = ""
    num_tokens: int = 0
    body_size: int = 0
    force_skip_ignore: bool = False
    image_detail: str = ""
    auto_loaded: bool = False
    map_shas: dict[str, str] = {}
    map_tokens: dict[str, int] = {}
    map_sizes: dict[str, int] = {}

    @property
    def key(self) -> tuple[str, ContextType]:
        """What makes an item a second copy of another one."""
        return (self.name, self.context_type)


class MapParts(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A map's files: their map texts, and hash, token count and size of what was mapped."""

    bodies: dict[str, str] = {}
    shas: dict[str, str] = {}
    tokens: dict[str, int] = {}
    sizes: dict[str, int] = {}

    def changed(self, new: "MapParts", removed: Iterable[str]) -> "MapParts":
        """With the parts of `new` in place of the old ones, then without the removed paths."""
        paths, gone = new.bodies.keys(), frozenset(removed)
        return MapParts(
            bodies=_merged(self.bodies, new.bodies, "", paths, gone),
            shas=_merged(self.shas, new.shas, "", paths, gone),
            tokens=_merged(self.tokens, new.tokens, 0, paths, gone),
            sizes=_merged(self.sizes, new.sizes, 0, paths, gone),
        )


def _merged(
    old: Mapping[str, T],
    new: Mapping[str, T],
    missing: T,
    paths: Collection[str],
    gone: Collection[str],
) -> dict[str, T]:
    merged = {**old, **{path: new.get(path, missing) for path in paths}}
    return {path: value for path, value in merged.items() if path not in gone}


_encode = msgspec.json.Encoder().encode
_decode_item = msgspec.json.Decoder(ContextItem).decode
_decode_bodies = msgspec.json.Decoder(dict[str, str]).decode
_decode_map_parts = msgspec.json.Decoder(MapParts).decode


def item_encode(item: ContextItem) -> bytes:
    return _encode(item)


def item_decode(data: bytes) -> ContextItem:
    return _decode_item(data)


def items_decode(blobs: Mapping[str, bytes]) -> list[ContextItem]:
    """The items in the order in which they were loaded."""
    return sorted(map(_decode_item, blobs.values()), key=lambda item: (item.created_at, item.id))


def parts_encode(bodies: Mapping[str, str]) -> bytes:
    return _encode(bodies)


def parts_decode(data: bytes | None) -> dict[str, str]:
    """The texts of a map; a map without any has no blob."""
    return _decode_bodies(data) if data else {}


def map_parts_encode(parts: MapParts) -> bytes:
    return _encode(parts)


def map_parts_decode(data: bytes) -> MapParts:
    return _decode_map_parts(data)


def later_than(items: Iterable[ContextItem], now: datetime) -> datetime:
    """A time after the load time of all `items`: the list's order is the order of these times."""
    last = max((item.created_at for item in items), default=None)
    moment = now.astimezone(UTC)
    if last is not None and last >= moment:
        moment = last + timedelta(microseconds=1)
    return moment
