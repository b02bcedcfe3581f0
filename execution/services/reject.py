"""Rejecting pending changes."""

from collections.abc import Collection

from execution.logic.changes import decode_results, encode
from execution.logic.pending import rejected
from plandex_server.db import now
from plans.logic.versions import Kind
from plans.models import Branch
from plans.services.versions import branch_write


def changes_reject(
    *, branch: Branch, user_id: str, paths: Collection[str] | None, message: str
) -> None:
    """Rejects the open results of the paths (`None`: of all); no commit if there are none.

    A path may also be the id of a result.
    """
    with branch_write(branch, user_id=user_id) as draft:
        results = decode_results(draft.read_all(Kind.RESULT).values())
        for result in rejected(results, paths, now()):
            draft.put(Kind.RESULT, result.id, encode(result))
            draft.message = message
