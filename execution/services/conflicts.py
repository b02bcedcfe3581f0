"""Pending changes whose file changed under them."""

from collections.abc import Collection, Mapping, Sequence

from context.logic.items import ContextType, items_decode
from execution.logic.changes import (
    ReplayFailed,
    Result,
    decode_descriptions,
    decode_results,
    encode,
    pending_by_path,
    replay_results,
)
from execution.logic.rebase import rebased
from plandex_server.db import now
from plans.logic.versions import Kind
from plans.services.versions import Draft, Revision


def invalidate(draft: Draft, new_bodies: Mapping[str, str]) -> None:
    """Keeps what is pending right for the new bodies of its files. Called by the context app inside
    its write, before the contexts change.

    Edits are carried over to the new body; those that can't be are dropped, and their operations
    are left to be built again. Results that begin with a whole file or a removal stay in force.
    """
    pending = pending_by_path(decode_results(draft.read_all(Kind.RESULT).values()))
    touched = [path for path in new_bodies if path in pending]
    if not touched:
        return
    old_bodies = _bodies(draft, touched)
    dropped = []
    for path in touched:
        carried = _carried(pending[path], old_bodies.get(path), new_bodies[path])
        if carried is None:
            dropped.append(path)
        else:
            _put(draft, pending[path], carried)
    results_drop(draft, dropped)


def _carried(pending: Sequence[Result], old: str | None, new: str) -> Sequence[Result] | None:
    """The results for the new body; None if they don't fit it.

    An empty body may mean that the file leaves the context, and then nothing can be edited.
    """
    if old is not None and new:
        carried = rebased(pending, old, new)
        if carried is not None:
            return carried
    try:
        replay_results(pending, new or None)
    except ReplayFailed:
        return None
    return pending


def _put(draft: Draft, pending: Sequence[Result], carried: Sequence[Result]) -> None:
    for before, after in zip(pending, carried, strict=True):
        if after is before:
            continue
        if after.is_pending:
            draft.put(Kind.RESULT, after.id, encode(after))
        else:  # the new body has it already
            draft.delete(Kind.RESULT, after.id)


def _bodies(revision: Revision, paths: Collection[str]) -> dict[str, str]:
    """The loaded files of these paths; of two with one path the later one counts."""
    items = [
        item
        for item in items_decode(revision.read_all(Kind.CONTEXT))
        if item.context_type is ContextType.FILE and item.file_path in paths
    ]
    blobs = revision.read_many({Kind.BODY: [item.id for item in items]})[Kind.BODY]
    return {item.file_path: blobs[item.id].decode() for item in items if item.id in blobs}


def results_drop(draft: Draft, paths: Collection[str]) -> None:
    """Deletes the pending results of the paths; built descriptions with an operation on one of
    them get it marked as to be built again. Call inside the branch's write transaction."""
    if not paths:
        return
    found = draft.read_many({Kind.RESULT: None, Kind.DESCRIPTION: None})
    pending = pending_by_path(decode_results(found[Kind.RESULT].values()))
    for path in paths:
        for result in pending.get(path, ()):
            draft.delete(Kind.RESULT, result.id)
    moment = now()
    for description in decode_descriptions(found[Kind.DESCRIPTION].values()):
        touched = {
            operation.path
            for operation in description.operations
            if operation.path in paths or operation.destination in paths
        }
        if touched and description.did_build and description.applied_at is None:
            description.build_paths_invalidated |= dict.fromkeys(touched, True)
            description.updated_at = moment
            draft.put(Kind.DESCRIPTION, description.id, encode(description))
