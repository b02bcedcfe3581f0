"""Applying pending changes: the client has written them to its disk, the plan takes note."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from execution.logic.changes import APPLY_SCRIPT, Description, PlanApply, Result, encode
from execution.logic.commit_messages import apply_message
from execution.services.apply_contexts import ContextChanges, contexts_apply, contexts_change
from execution.services.apply_message import commit_message, joined
from execution.services.conflicts import results_drop
from execution.services.idle import check_idle
from execution.services.turns import PlanState, plan_state_read
from plandex_server.db import new_id, now
from plans.logic.versions import Kind
from plans.models import Branch
from plans.services.branches import plan_touch
from plans.services.versions import Draft, Revision, branch_write, revision_head

_KINDS = (
    Kind.CONTEXT,
    Kind.BODY,
    Kind.MAP_PARTS,
    Kind.DESCRIPTION,
    Kind.RESULT,
    Kind.APPLY,
)


def changes_apply(
    *, branch: Branch, user_id: str, auth_vars: Mapping[str, str], session_id: str
) -> str:
    """Marks everything pending as applied, in one commit; the commit message for the project.

    Raises `BranchBusy` while a run is active. What takes time is done before the write opens, and
    done again inside it if the branch changed meanwhile.
    """
    check_idle(branch)
    plan = _prepare(branch, revision_head(branch), user_id)
    message = commit_message(
        branch=branch,
        user_id=user_id,
        messages=plan.messages,
        auth_vars=auth_vars,
        session_id=session_id,
    )
    with branch_write(branch, user_id=user_id) as draft:
        check_idle(branch)
        if draft.sha != plan.sha:
            described = plan.messages
            plan = _prepare(draft.branch, draft, user_id)
            message = message if plan.messages == described else joined(plan.messages)
        _apply(draft, plan, message)
    return message


@dataclass(frozen=True, slots=True)
class _Plan:
    """What an apply does, prepared on the revision `sha`. `messages` are those of the replies
    whose changes are pending."""

    sha: str
    state: PlanState
    results: Sequence[Result]
    descriptions: Sequence[Description]
    messages: Sequence[str]
    contexts: ContextChanges


def _prepare(branch: Branch, revision: Revision, user_id: str) -> _Plan:
    state = plan_state_read(revision)
    broken = state.files.broken
    results = [one for one in state.results if one.is_pending and one.path not in broken]
    built = [one for one in state.descriptions if _is_built(one, broken)]
    pending = {result.convo_message_id for result in results}
    messages = [one.commit_msg.strip() for one in built if one.convo_message_id in pending]
    return _Plan(
        sha=revision.sha,
        state=state,
        results=results,
        descriptions=built,
        messages=_unique(filter(None, messages)),
        contexts=contexts_change(branch, revision, state, user_id),
    )


def _is_built(description: Description, broken: Mapping[str, str]) -> bool:
    """Whether all that the description says is pending or was, and nothing is left to be built."""
    return (
        description.wrote_files
        and description.did_build
        and not description.build_paths_invalidated
        and description.applied_at is None
        and not any(operation.path in broken for operation in description.operations)
    )


def _apply(draft: Draft, plan: _Plan, message: str) -> None:
    draft.read_many({kind: () for kind in _KINDS})  # all trees in one query
    # The CLI takes an apply as undone by a rewind to a revision that is not later than the apply.
    applied_at, draft.seconds_later = draft.time(), 1
    _mark(draft, plan)
    files = plan.state.files
    apply = PlanApply(
        id=new_id(),
        user_id=draft.user_id or "",
        created_at=applied_at,
        convo_message_ids=_unique(one.convo_message_id for one in plan.descriptions),
        convo_message_description_ids=[one.id for one in plan.descriptions],
        plan_file_result_ids=[one.id for one in plan.results],
        commit_msg=message,
        script=files.files.get(APPLY_SCRIPT, ""),
    )
    draft.put(Kind.APPLY, apply.id, encode(apply))
    draft.message = apply_message(
        paths={*files.files, *files.removed},
        commit_msg=message,
        summaries=contexts_apply(draft, plan.contexts),
    )
    plan_touch(draft.plan_id)


def _mark(draft: Draft, plan: _Plan) -> None:
    moment = now()
    results_drop(draft, plan.state.files.broken)
    for result in plan.results:
        result.applied_at = result.updated_at = moment
        draft.put(Kind.RESULT, result.id, encode(result))
    for description in plan.descriptions:
        description.applied_at = description.updated_at = moment
        draft.put(Kind.DESCRIPTION, description.id, encode(description))


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
