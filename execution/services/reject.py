"""Rejecting pending changes."""

from collections.abc import Callable, Collection, Iterator, Sequence

from execution.logic.changes import Result, decode_results, encode
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
from plans.services.versions import branch_write


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
        if not changed:
            return
        for result in changed:
            draft.put(Kind.RESULT, result.id, encode(result))
        named = set(_names(changed))
        draft.message = message([path for path in paths or () if path in named])
        plan_touch(draft.plan_id)


def _names(results: Sequence[Result]) -> Iterator[str]:
    """What a request can name the results by."""
    for result in results:
        yield result.path
        yield result.id
