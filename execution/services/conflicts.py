"""Pending changes whose file changed under them."""

from collections.abc import Collection, Mapping

from execution.logic.changes import (
    ReplayFailed,
    Result,
    decode_descriptions,
    decode_results,
    encode,
    pending_by_path,
    replay_results,
)
from plandex_server.db import now
from plans.logic.versions import Kind
from plans.services.versions import Draft


def invalidate(draft: Draft, new_bodies: Mapping[str, str]) -> None:
    """Drops the pending results of each path that can't be replayed on its new body, and leaves
    their operations to be built again. Called by the context app inside its write, before the
    contexts change.

    Results that begin with a whole file or a removal never conflict: they stay in force.
    """
    pending = pending_by_path(decode_results(draft.read_all(Kind.RESULT).values()))
    results_drop(
        draft,
        [
            path
            for path, body in new_bodies.items()
            if path in pending and not _replays(pending[path], body)
        ],
    )


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


def _replays(results: list[Result], body: str) -> bool:
    """An empty body may mean that the file leaves the context, and then nothing can be edited."""
    try:
        replay_results(results, body or None)
    except ReplayFailed:
        return False
    return True
