"""Loading contexts into a branch."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import msgspec

from context.errors import ContextRefused
from context.hooks import NamingKeys, Unnamed, context_names, pending_changes_invalidate
from context.logic.context_paths import check_context_path
from context.logic.images import BadImage
from context.logic.items import (
    NAMED_BY_SERVER,
    ContextItem,
    ContextType,
    item_encode,
    later_than,
)
from context.logic.limits import OverLimit, TokenLimits, byte_size, check_plan, check_request
from context.logic.limits import token_overflow as overflow_of
from context.logic.loading import NewContext, Prepared, prepare_new
from context.logic.messages import load_message
from context.logic.names import clean_name, name_from_text, unique_name
from context.logic.results import LoadResult, StoredContext, exceeded
from context.selectors import PlanLimits, context_items
from context.services.fitting import maps_fitted
from context.services.map_cache import map_cache_put
from orgs.authentication import Auth
from plandex_server.db import new_id, now
from plans.logic.paths import UnsafePath
from plans.logic.versions import Kind
from plans.models import Branch
from plans.services.versions import Draft, branch_write, revision_head

_FAILED = "Error loading contexts"

# Read first, to have the three trees of a draft in one query.
TREES: Mapping[Kind, Collection[str]] = {Kind.CONTEXT: (), Kind.BODY: (), Kind.MAP_PARTS: ()}


def context_load(
    *,
    branch: Branch,
    user_id: str,
    items: Sequence[NewContext],
    limits: PlanLimits,
    auto_loaded: bool = False,
    from_cache: bool = False,
) -> LoadResult:
    """Stores the items that the branch does not hold yet, in one commit; none if there is none.

    Over a token limit nothing is stored, and the result says so. Raises `ContextRefused` for what
    no plan can hold. `auto_loaded`: a run chose the items, so what can't be used is left out
    instead. `from_cache`: the items are cached maps, which are not cached again.
    """
    if not items:
        return LoadResult()
    prepared = contexts_prepare(items, owner_id=user_id, limits=limits, auto_loaded=auto_loaded)
    prepared = maps_fitted(prepared, revision=revision_head(branch), limits=limits.tokens)
    with branch_write(branch, user_id=user_id) as draft:
        result = context_load_into(draft, prepared, limits=limits.tokens, cache_maps=not from_cache)
        if result.contexts:
            draft.message = result.msg
    return result


def contexts_check(items: Sequence[NewContext], limits: PlanLimits) -> None:
    """Raises `ContextRefused` for a request that asks for too much."""
    try:
        check_request([(item.name, byte_size(item.body), item.map_bodies) for item in items])
    except OverLimit as problem:
        raise ContextRefused(str(problem)) from None
    if not limits.images and any(item.context_type is ContextType.IMAGE for item in items):
        raise ContextRefused(
            f"Error loading context: {limits.planner_model_id} does not support images in context"
        )


def contexts_named(
    *, auth: Auth, branch: Branch, items: Sequence[NewContext], keys: NamingKeys
) -> list[NewContext]:
    """The items with names for notes and piped data, from a model or else from their texts.

    Waits for a model: never call it inside a transaction.
    """
    nameless = [item for item in items if item.context_type in NAMED_BY_SERVER]
    wanted = [Unnamed(item.context_type, item.body) for item in nameless]
    answers = context_names(auth=auth, branch=branch, items=wanted, keys=keys)
    names = {
        id(item): clean_name(answer) or name_from_text(item.body, item.context_type)
        for item, answer in zip(nameless, answers, strict=True)
    }
    return [replace(item, name=names.get(id(item), item.name)) for item in items]


def contexts_prepare(
    items: Sequence[NewContext],
    *,
    owner_id: str,
    limits: PlanLimits,
    auto_loaded: bool = False,
) -> list[Prepared]:
    """Checks, hashes and counts. Takes time: call it before the write transaction opens."""
    if auto_loaded:
        items = [
            replace(item, auto_loaded=True)
            for item in items
            if limits.images or item.context_type is not ContextType.IMAGE
        ]
    contexts_check(items, limits)
    prepared = []
    for item in items:
        try:
            check_context_path(item.context_type, item.file_path)
            prepared.append(prepare_new(item, id=new_id(), owner_id=owner_id, at=now()))
        except UnsafePath as problem:
            if not auto_loaded:
                raise ContextRefused(f"{_FAILED}: {problem}") from None
        except BadImage as problem:
            if not auto_loaded:
                raise ContextRefused(
                    f"{_FAILED}: error getting image num tokens: {problem}"
                ) from None
    return prepared


def context_load_into(
    draft: Draft,
    prepared: Sequence[Prepared],
    *,
    limits: TokenLimits,
    conflicts: bool = True,
    cache_maps: bool = True,
) -> LoadResult:
    """Adds to an open write what it does not hold yet; the caller sets the commit message.

    `conflicts`: pending results that can't be replayed on a loaded file are dropped. The draft
    must have its `user_id`.
    """
    draft.read_many(TREES)
    held = context_items(draft)
    fresh = _placed(_without_copies(prepared, held), held)
    after = [*held, *(one.item for one in fresh)]
    try:
        check_plan(after)
    except OverLimit as problem:
        raise ContextRefused(f"{_FAILED}: {problem}") from None
    overflow = overflow_of(
        before=held, after=after, branch_tokens=draft.context_tokens, limits=limits
    )
    if overflow is not None:
        return exceeded(overflow, verb="loaded")
    if conflicts:
        pending_changes_invalidate(draft, file_bodies(fresh))
    context_put(draft, fresh, cache_maps=cache_maps)
    added = [one.item for one in fresh]
    tokens = sum(item.num_tokens for item in added)
    draft.context_tokens += tokens
    return LoadResult(
        tokens_added=tokens,
        total_tokens=draft.context_tokens,
        msg=load_message(added, total=draft.context_tokens),
        contexts=tuple(StoredContext(one.item, one.body) for one in fresh),
    )


def context_put(draft: Draft, stored: Iterable[Prepared], *, cache_maps: bool = True) -> None:
    """Puts items with bodies and parts as they are: no check, no count, no message."""
    stored = list(stored)
    for one in stored:
        draft.put(Kind.CONTEXT, one.item.id, item_encode(one.item))
        draft.put(Kind.BODY, one.item.id, one.data)
        if one.parts is not None:
            draft.put(Kind.MAP_PARTS, one.item.id, one.parts)
    if cache_maps and draft.user_id:
        map_cache_put(branch=draft.branch, user_id=draft.user_id, stored=stored)


def file_bodies(changed: Iterable[Prepared]) -> dict[str, str]:
    """Path → new body of the files among `changed`."""
    return {
        one.item.file_path: one.body for one in changed if one.item.context_type is ContextType.FILE
    }


def _without_copies(prepared: Iterable[Prepared], held: Iterable[ContextItem]) -> list[Prepared]:
    """What is not held yet, each once. Notes and piped data are never copies of each other."""
    seen = {item.key for item in held}
    fresh = []
    for one in prepared:
        if one.item.context_type not in NAMED_BY_SERVER:
            if one.item.key in seen:
                continue
            seen.add(one.item.key)
        fresh.append(one)
    return fresh


def _placed(fresh: Sequence[Prepared], held: Collection[ContextItem]) -> list[Prepared]:
    """With load times that keep the request's order, and names that no other item has."""
    names = {item.name for item in held}
    placed: list[Prepared] = []
    for one in fresh:
        at = later_than([placed[-1].item] if placed else held, now())
        name = one.item.name
        if one.item.context_type in NAMED_BY_SERVER:
            name = unique_name(name, names)
        names.add(name)
        item = msgspec.structs.replace(one.item, name=name, created_at=at, updated_at=at)
        placed.append(replace(one, item=item))
    return placed
