"""Giving loaded contexts new content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from context.errors import ContextNotFound, ContextRefused
from context.hooks import pending_changes_invalidate
from context.logic.images import BadImage
from context.logic.items import ContextItem, ContextType, item_decode, parts_decode
from context.logic.limits import (
    OverLimit,
    TokenLimits,
    byte_size,
    check_body,
    check_map,
    check_plan,
    token_overflow,
)
from context.logic.loading import (
    ContextChange,
    Prepared,
    changed_parts,
    with_body,
    with_parts,
)
from context.logic.messages import Row, update_message
from context.logic.results import LoadResult, StoredContext, exceeded
from context.selectors import PlanLimits, context_items
from context.services.fitting import maps_fitted
from context.services.load import TREES, context_put, file_bodies
from plandex_server.db import now
from plans.logic.versions import Kind
from plans.models import Branch
from plans.services.versions import Draft, Revision, branch_write, revision_head

_FAILED = "Error updating contexts"


@dataclass(frozen=True, slots=True)
class PreparedChange:
    """A changed item, and the hash of the stored item that it was made from. `new` is None when
    the change changes nothing."""

    base: str
    new: Prepared | None


def context_update(
    *,
    branch: Branch,
    user_id: str,
    changes: Mapping[str, ContextChange],
    limits: PlanLimits,
) -> LoadResult:
    """Stores the changes in one commit; none if nothing changed.

    Over a token limit nothing is stored, and the result says so. Raises `ContextNotFound` and
    `ContextRefused`.
    """
    if not changes:
        return LoadResult(total_tokens=branch.context_tokens)
    prepared = changes_prepare(revision_head(branch), changes, limits=limits.tokens)
    with branch_write(branch, user_id=user_id) as draft:
        result = context_update_in(draft, changes, limits=limits.tokens, prepared=prepared)
        if result.contexts:
            draft.message = result.msg
    return result


def changes_prepare(
    revision: Revision, changes: Mapping[str, ContextChange], *, limits: TokenLimits
) -> dict[str, PreparedChange]:
    """Hashes and counts. Takes time: call it before the write transaction opens."""
    read = revision.read_many({Kind.CONTEXT: changes.keys(), Kind.MAP_PARTS: changes.keys()})
    changed = {}
    for id, change in changes.items():
        data = read[Kind.CONTEXT].get(id)
        if data is None:
            raise ContextNotFound(f"{_FAILED}: error getting context: there is no {id[:36]!r}")
        changed[id] = _changed(item_decode(data), read[Kind.MAP_PARTS].get(id), change)
    new = [one for one in changed.values() if one is not None]
    fitted = {one.item.id: one for one in maps_fitted(new, revision=revision, limits=limits)}
    tree = revision.tree(Kind.CONTEXT)
    return {id: PreparedChange(base=tree[id], new=fitted.get(id)) for id in changes}


def context_update_in(
    draft: Draft,
    changes: Mapping[str, ContextChange],
    *,
    limits: TokenLimits,
    conflicts: bool = True,
    prepared: Mapping[str, PreparedChange] | None = None,
) -> LoadResult:
    """Changes contexts in an open write; the caller sets the commit message.

    `prepared` is what `changes_prepare` made of the same changes before; items that changed since
    are prepared again.
    """
    draft.read_many(TREES)
    held = {item.id: item for item in context_items(draft)}
    changed = _still_valid(draft, changes, prepared or {}, limits)
    if not changed:
        total = draft.context_tokens
        return LoadResult(total_tokens=total, msg=update_message([], total=total))
    rows = [Row(one.item, one.item.num_tokens - held[one.item.id].num_tokens) for one in changed]
    after = list((held | {one.item.id: one.item for one in changed}).values())
    try:
        check_plan(after)
    except OverLimit as problem:
        raise ContextRefused(f"{_FAILED}: {problem}") from None
    overflow = token_overflow(
        before=held.values(), after=after, branch_tokens=draft.context_tokens, limits=limits
    )
    if overflow is not None:
        return exceeded(overflow, verb="updated")
    if conflicts:
        pending_changes_invalidate(draft, file_bodies(changed))
    _put(draft, changed)
    tokens = sum(row.tokens for row in rows)
    draft.context_tokens += tokens
    return LoadResult(
        tokens_added=tokens,
        total_tokens=draft.context_tokens,
        msg=update_message(rows, total=draft.context_tokens),
        contexts=tuple(StoredContext(one.item, one.body) for one in changed),
    )


def _changed(item: ContextItem, parts: bytes | None, change: ContextChange) -> Prepared | None:
    """The item after the change; None if it stays as it is."""
    if item.context_type is ContextType.MAP:
        return _changed_map(item, parts_decode(parts), change)
    try:
        check_body(byte_size(change.body))
        new = with_body(item, change.body)
    except OverLimit as problem:
        raise ContextRefused(f"{_FAILED}: {problem}") from None
    except BadImage as problem:
        raise ContextRefused(f"{_FAILED}: error getting image num tokens: {problem}") from None
    return None if new.item.sha == item.sha else _now(new)


def _changed_map(
    item: ContextItem, bodies: Mapping[str, str], change: ContextChange
) -> Prepared | None:
    parts = changed_parts(item, bodies, change)
    old = (bodies, item.map_shas, item.map_tokens, item.map_sizes)
    if old == (parts.bodies, parts.shas, parts.tokens, parts.sizes):
        return None
    try:
        check_map(parts.bodies)
    except OverLimit as problem:
        raise ContextRefused(f"{_FAILED}: {problem}") from None
    return _now(with_parts(item, parts))


def _now(prepared: Prepared) -> Prepared:
    return replace(prepared, item=msgspec.structs.replace(prepared.item, updated_at=now()))


def _still_valid(
    draft: Draft,
    changes: Mapping[str, ContextChange],
    prepared: Mapping[str, PreparedChange],
    limits: TokenLimits,
) -> list[Prepared]:
    tree = draft.tree(Kind.CONTEXT)
    stale = {
        id: change
        for id, change in changes.items()
        if id not in prepared or tree.get(id) != prepared[id].base
    }
    current = {**prepared, **changes_prepare(draft, stale, limits=limits)} if stale else prepared
    found = (current[id].new for id in changes)
    return [new for new in found if new is not None]


def _put(draft: Draft, changed: Sequence[Prepared]) -> None:
    context_put(draft, changed)
    for one in changed:
        if one.parts is None:
            draft.delete(Kind.MAP_PARTS, one.item.id)
