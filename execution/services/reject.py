"""Rejecting pending changes."""

from collections.abc import Callable, Collection, Iterator, Sequence

import msgspec

from execution.logic.changes import Result, decode_descriptions, decode_results, encode
from execution.logic.commit_messages import (
    reject_all_message,
    reject_file_message,
    reject_files_message,
)
from execution.logic.pending import rejected
from plandex_server.db import now
from plans.logic.versions import Kind
from plans.models import Branch
from plans.services.branches import plan_touch
from plans.services.versions import Draft, branch_write


def all_reject(*, branch: Branch, user_id: str) -> None:
    """Rejects all open results; no commit if there are none."""
    _reject(branch, user_id, None, lambda _: reject_all_message())


def file_reject(*, branch: Branch, user_id: str, path: str) -> None:
    """Rejects the open results of a path, or the one with this id."""
    _reject(branch, user_id, [path], lambda found: reject_file_message(found[0]))


def files_reject(*, branch: Branch, user_id: str, paths: Collection[str]) -> None:
    """The same for several paths or ids; the message tells those that had anything open."""
    _reject(branch, user_id, list(dict.fromkeys(paths)), reject_files_message)


def _reject(
    branch: Branch,
    user_id: str,
    paths: Sequence[str] | None,
    message: Callable[[Sequence[str]], str],
) -> None:
    with branch_write(branch, user_id=user_id) as draft:
        results = decode_results(draft.read_all(Kind.RESULT).values())
        changed = rejected(results, paths, now())
        for result in changed:
            draft.put(Kind.RESULT, result.id, encode(result))
        named = {*_names(changed), *_left_to_build(draft, paths)}
        if not named:
            return
        draft.message = message([path for path in paths or () if path in named])
        plan_touch(draft.plan_id)


def _left_to_build(draft: Draft, paths: Sequence[str] | None) -> Iterator[str]:
    """Gives up what could not be built of the paths, which else no apply would do without."""
    for description in decode_descriptions(draft.read_all(Kind.DESCRIPTION).values()):
        left = description.build_paths_invalidated
        given_up = left.keys() if paths is None else left.keys() & set(paths)
        if given_up and description.applied_at is None:
            yield from given_up
            kept = {path: why for path, why in left.items() if path not in given_up}
            changed = msgspec.structs.replace(description, build_paths_invalidated=kept)
            draft.put(Kind.DESCRIPTION, description.id, encode(changed))


def _names(results: Sequence[Result]) -> Iterator[str]:
    """What a request can name the results by."""
    for result in results:
        yield result.path
        yield result.id
