"""Removing contexts from a branch."""

from collections.abc import Collection

from context.hooks import pending_changes_invalidate
from context.logic.items import ContextType, items_decode
from context.logic.messages import remove_message
from context.logic.results import RemoveResult
from plans.logic.versions import Kind
from plans.models import Branch
from plans.services.versions import Draft, branch_write


def context_delete(*, branch: Branch, user_id: str, ids: Collection[str]) -> RemoveResult:
    """Removes the items that there are, in one commit; none if there is none."""
    with branch_write(branch, user_id=user_id) as draft:
        result = context_remove_in(draft, ids)
        if result.removed:
            draft.message = result.msg
    return result


def context_remove_in(
    draft: Draft, ids: Collection[str], *, conflicts: bool = True
) -> RemoveResult:
    """Removes contexts in an open write, unknown ids ignored; the caller sets the message.

    `conflicts`: pending edits of a file that leaves the context are dropped, since they can't be
    replayed without it.
    """
    blobs = draft.read_many({Kind.CONTEXT: ids, Kind.BODY: (), Kind.MAP_PARTS: ()})
    removed = items_decode(blobs[Kind.CONTEXT])
    if conflicts:
        files = [item for item in removed if item.context_type is ContextType.FILE]
        pending_changes_invalidate(draft, {item.file_path: "" for item in files})
    for item in removed:
        for kind in (Kind.CONTEXT, Kind.BODY, Kind.MAP_PARTS):
            draft.delete(kind, item.id)
    tokens = sum(item.num_tokens for item in removed)
    draft.context_tokens -= tokens
    return RemoveResult(
        tokens_removed=tokens,
        total_tokens=draft.context_tokens,
        msg=remove_message(removed, total=draft.context_tokens),
        removed=tuple(removed),
    )
