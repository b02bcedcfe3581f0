"""Request and response shapes of the context endpoints."""

from collections.abc import Mapping, Sequence
from typing import Annotated, NotRequired, TypedDict

import msgspec

from context.errors import ContextRefused
from context.logic.items import (
    API_TYPES,
    CONTEXT_WORDS,
    ContextItem,
    ContextType,
    context_type,
)
from context.logic.loading import ContextChange, NewContext
from context.logic.results import LoadResult, RemoveResult
from plandex_server.api.body import Body, one_needed, parse
from plandex_server.api.times import Time, rfc3339

BAD_LOAD = "Error parsing request body"
BAD_MAP_REQUEST = "Error decoding request"


ContextWord = Annotated[str, msgspec.Meta(extra_json_schema={"enum": sorted(CONTEXT_WORDS)})]
"""A type in a request; the service refuses others."""


class LoadRequest(Body):
    """One item of a load. `type` and `path` are the names of the API's own schema."""

    context_type: ContextWord | None = None
    type: ContextWord | None = None
    name: str = ""
    url: str = ""
    file_path: str = msgspec.field(name="file_path", default="")
    path: str = ""
    body: str = ""
    force_skip_ignore: bool = False
    auto_loaded: bool = False
    image_detail: str = ""
    map_bodies: dict[str, str] = {}
    input_shas: dict[str, str] = {}
    input_tokens: dict[str, int] = {}
    input_sizes: dict[str, int] = {}
    # The CLI sends the provider keys of a note under the older of the two names.
    api_keys: dict[str, str] = {}
    auth_vars: dict[str, str] = {}
    open_ai_base: str = msgspec.field(name="openAIBase", default="")
    open_ai_org_id: str = msgspec.field(name="openAIOrgId", default="")
    session_id: str = ""

    def item(self) -> NewContext:
        """Raises `ContextRefused` for a type that does not exist."""
        kind = self._kind()
        is_url = kind is ContextType.URL
        url = self.url or (self.path if is_url else "")
        file_path = self.file_path or ("" if is_url else self.path)
        return NewContext(
            context_type=kind,
            name=self.name or file_path or url,
            url=url,
            file_path=file_path,
            body=self.body,
            force_skip_ignore=self.force_skip_ignore,
            auto_loaded=self.auto_loaded,
            image_detail=self.image_detail,
            map_bodies=self.map_bodies,
            input_shas=self.input_shas,
            input_tokens=self.input_tokens,
            input_sizes=self.input_sizes,
        )

    def _kind(self) -> ContextType:
        words = [word for word in (self.context_type, self.type) if word is not None] or [""]
        kinds = [context_type(word) for word in words]
        if kinds[0] is None or None in kinds:
            word = words[kinds.index(None)]
            raise ContextRefused(f"{BAD_LOAD}: there is no context type {word[:50]!r}")
        return kinds[0]


LoadItem = Annotated[
    LoadRequest, one_needed(contextType={"type": "string"}, type={"type": "string"})
]
"""An item, for the API description."""


class UpdateRequest(Body):
    body: str = ""
    map_bodies: dict[str, str] = {}
    input_shas: dict[str, str] = {}
    input_tokens: dict[str, int] = {}
    input_sizes: dict[str, int] = {}
    removed_map_paths: list[str] = []

    def change(self) -> ContextChange:
        return ContextChange(
            body=self.body,
            map_bodies=self.map_bodies,
            input_shas=self.input_shas,
            input_tokens=self.input_tokens,
            input_sizes=self.input_sizes,
            removed_map_paths=tuple(self.removed_map_paths),
        )


class DeleteRequest(Body):
    """The keys count, whatever their values."""

    ids: dict[str, object] = {}


class FileMapRequest(Body):
    map_inputs: dict[str, str] = {}


class CachedMapRequest(Body):
    file_paths: list[str] = []


def load_requests(body: bytes) -> list[LoadRequest]:
    return parse(body, list[LoadRequest], error=BAD_LOAD)


class ContextItemJson(TypedDict):
    """A loaded item. Empty optional keys are left out; lists hold no bodies."""

    id: str
    ownerId: str
    contextType: str
    type: Annotated[
        str,
        msgspec.Meta(
            extra_json_schema={"enum": [API_TYPES.get(kind, kind.value) for kind in ContextType]}
        ),
    ]
    name: str
    url: str
    file_path: str
    path: str
    sha: str
    numTokens: int
    tokens: int
    body: NotRequired[str]
    bodySize: NotRequired[int]
    forceSkipIgnore: bool
    imageDetail: NotRequired[str]
    mapShas: NotRequired[Mapping[str, str]]
    mapTokens: NotRequired[Mapping[str, int]]
    mapSizes: NotRequired[Mapping[str, int]]
    autoLoaded: bool
    addedAt: Time
    createdAt: Time
    updatedAt: Time


class LoadJson(TypedDict):
    """With `maxTokensExceeded` nothing was stored; `msg` is text for people."""

    tokensAdded: int
    totalTokens: int
    maxTokensExceeded: bool
    maxTokens: int
    msg: str


class RemoveJson(TypedDict):
    tokensRemoved: int
    totalTokens: int
    msg: str


class ContextBodyJson(TypedDict):
    body: str


class FileMapJson(TypedDict):
    """The map of each file by its path."""

    mapBodies: Mapping[str, str]


class CachedMapJson(TypedDict):
    loadRes: LoadJson | None
    cachedByPath: Mapping[str, bool] | None


def context_form(item: ContextItem, *, body: str | None = None) -> ContextItemJson:
    """The item as clients get it: the CLI's keys and those of the API's own schema."""
    created = rfc3339(item.created_at)
    updated = created if item.updated_at == item.created_at else rfc3339(item.updated_at)
    form: ContextItemJson = {
        "id": item.id,
        "ownerId": item.owner_id,
        "contextType": item.context_type.value,
        "name": item.name,
        "url": item.url,
        "file_path": item.file_path,
        "sha": item.sha,
        "numTokens": item.num_tokens,
        "forceSkipIgnore": item.force_skip_ignore,
        "autoLoaded": item.auto_loaded,
        "createdAt": created,
        "updatedAt": updated,
        "type": API_TYPES.get(item.context_type, item.context_type.value),
        "path": item.file_path or item.url,
        "tokens": item.num_tokens,
        "addedAt": created,
    }
    if body:
        form["body"] = body
    if item.body_size:
        form["bodySize"] = item.body_size
    if item.image_detail:
        form["imageDetail"] = item.image_detail
    if item.map_shas:
        form["mapShas"] = item.map_shas
    if item.map_tokens:
        form["mapTokens"] = item.map_tokens
    if item.map_sizes:
        form["mapSizes"] = item.map_sizes
    return form


def context_list_form(items: Sequence[ContextItem]) -> list[ContextItemJson]:
    return [context_form(item) for item in items]


def load_form(result: LoadResult) -> LoadJson:
    return {
        "tokensAdded": result.tokens_added,
        "totalTokens": result.total_tokens,
        "maxTokensExceeded": result.max_tokens_exceeded,
        "maxTokens": result.max_tokens,
        "msg": result.msg,
    }


def remove_form(result: RemoveResult) -> RemoveJson:
    return {
        "tokensRemoved": result.tokens_removed,
        "totalTokens": result.total_tokens,
        "msg": result.msg,
    }


def cached_map_form(result: LoadResult | None, cached: Mapping[str, bool] | None) -> CachedMapJson:
    return {"loadRes": load_form(result) if result else None, "cachedByPath": cached or None}
