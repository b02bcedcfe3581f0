"""From what a client sends to what is stored: hashes, token counts, combined maps.

All that takes time happens here, before a branch's write transaction opens.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import msgspec

from context.logic.file_maps import combined_map
from context.logic.images import image_tokens
from context.logic.items import (
    ContextItem,
    ContextType,
    MapParts,
    map_parts_encode,
    parts_decode,
    parts_encode,
)
from context.logic.map_budget import fit_map
from context.logic.tokens import count_tokens
from plans.logic.versions import pack

_Texts = Mapping[str, str]
_Numbers = Mapping[str, int]
_NOTHING = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class NewContext:
    """Something to load. Maps have `map_bodies` and no `body`."""

    context_type: ContextType
    name: str = ""
    url: str = ""
    file_path: str = ""
    body: str = ""
    force_skip_ignore: bool = False
    auto_loaded: bool = False
    image_detail: str = ""
    map_bodies: _Texts = field(default_factory=dict)
    input_shas: _Texts = field(default_factory=dict)
    input_tokens: _Numbers = field(default_factory=dict)
    input_sizes: _Numbers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ContextChange:
    """A new body for an item, or for a map its changed and removed paths."""

    body: str = ""
    map_bodies: _Texts = field(default_factory=dict)
    input_shas: _Texts = field(default_factory=dict)
    input_tokens: _Numbers = field(default_factory=dict)
    input_sizes: _Numbers = field(default_factory=dict)
    removed_map_paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """An item with everything that will be stored of it."""

    item: ContextItem
    body: str
    data: bytes
    parts: bytes | None = None
    cache: tuple[bytes, bool] | None = None
    """What other plans of the project may load instead of mapping again, packed."""


def prepare_new(new: NewContext, *, id: str, owner_id: str, at: datetime) -> Prepared:
    """Raises `BadImage`."""
    item = ContextItem(
        id=id,
        owner_id=owner_id,
        context_type=new.context_type,
        created_at=at,
        updated_at=at,
        name=new.name,
        url=new.url,
        file_path=new.file_path,
        force_skip_ignore=new.force_skip_ignore,
        image_detail=new.image_detail,
        auto_loaded=new.auto_loaded,
    )
    if new.context_type is ContextType.MAP:
        return with_parts(item, MapParts().changed(_sent_parts(new), removed=()))
    return with_body(item, new.body)


def with_body(item: ContextItem, body: str) -> Prepared:
    """The item with another body. Raises `BadImage`."""
    data = body.encode("utf-8", "replace")
    is_image = item.context_type is ContextType.IMAGE
    tokens = image_tokens(body, item.image_detail) if is_image else count_tokens(body)
    changed = msgspec.structs.replace(
        item,
        sha=hashlib.sha256(data).hexdigest(),
        num_tokens=tokens,
        body_size=len(data),
    )
    return Prepared(item=changed, body=body, data=data)


def with_parts(item: ContextItem, parts: MapParts) -> Prepared:
    """The map with other parts: its body is rendered and counted anew."""
    body = combined_map(parts.bodies, parts.tokens)
    data = body.encode("utf-8", "replace")
    changed = msgspec.structs.replace(
        item,
        sha="" if parts.bodies else _NOTHING,
        num_tokens=count_tokens(body),
        body_size=len(data),
        map_shas=parts.shas,
        map_tokens=parts.tokens,
        map_sizes=parts.sizes,
    )
    return Prepared(
        item=changed,
        body=body,
        data=data,
        parts=parts_encode(parts.bodies) if parts.bodies else None,
        cache=pack(map_parts_encode(parts)) if parts.bodies else None,
    )


def with_less_detail(prepared: Prepared, budget: int) -> Prepared:
    """A map with a body of about `budget` tokens. Its parts stay whole, so that an update can show
    more again."""
    item = prepared.item
    body = combined_map(
        fit_map(parts_decode(prepared.parts), item.map_tokens, budget), item.map_tokens
    )
    data = body.encode("utf-8", "replace")
    changed = msgspec.structs.replace(item, num_tokens=count_tokens(body), body_size=len(data))
    return replace(prepared, item=changed, body=body, data=data)


def changed_parts(item: ContextItem, bodies: Mapping[str, str], change: ContextChange) -> MapParts:
    """The parts of a stored map after a change."""
    old = MapParts(
        bodies=dict(bodies),
        shas=item.map_shas,
        tokens=item.map_tokens,
        sizes=item.map_sizes,
    )
    return old.changed(_sent_parts(change), removed=change.removed_map_paths)


def new_from_cache(parts: MapParts, *, name: str, file_path: str, auto_loaded: bool) -> NewContext:
    return NewContext(
        context_type=ContextType.MAP,
        name=name,
        file_path=file_path,
        auto_loaded=auto_loaded,
        map_bodies=parts.bodies,
        input_shas=parts.shas,
        input_tokens=parts.tokens,
        input_sizes=parts.sizes,
    )


def _sent_parts(sent: NewContext | ContextChange) -> MapParts:
    return MapParts(
        bodies=dict(sent.map_bodies),
        shas=dict(sent.input_shas),
        tokens=dict(sent.input_tokens),
        sizes=dict(sent.input_sizes),
    )
