"""Pending changes whose file changed under them."""

from collections.abc import Mapping

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
    """Drops the pending results of each path that can't be replayed on its new body, and marks
    the descriptions that made them as to be built again. Called by the context app inside its
    write, before the contexts change."""
    pending = pending_by_path(decode_results(draft.read_all(Kind.RESULT).values()))
    conflicting = {
        path: pending[path]
        for path, body in new_bodies.items()
        if path in pending and not _replays(pending[path], body)
    }
    if not conflicting:
        return
    for results in conflicting.values():
        for result in results:
            draft.delete(Kind.RESULT, result.id)
    _mark(draft, set(conflicting))


def _replays(results: list[Result], body: str) -> bool:
    """Results with the whole text of a file never conflict: the pending version stays in force."""
    try:
        replay_results(results, body)
    except ReplayFailed:
        return False
    return True


def _mark(draft: Draft, paths: set[str]) -> None:
    moment = now()
    for description in decode_descriptions(draft.read_all(Kind.DESCRIPTION).values()):
        touched = {operation.path for operation in description.operations} & paths
        if not touched or not description.did_build or description.applied_at is not None:
            continue
        description.build_paths_invalidated |= dict.fromkeys(touched, True)
        description.updated_at = moment
        draft.put(Kind.DESCRIPTION, description.id, encode(description))
