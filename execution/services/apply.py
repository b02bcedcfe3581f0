"""Applying pending changes: the client has written them to its disk, the plan takes note."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from context.logic.items import ContextType
from context.logic.loading import ContextChange, NewContext, Prepared
from context.selectors import PlanLimits, plan_limits
from context.services.load import context_load_into, contexts_prepare
from context.services.remove import context_remove_in
from context.services.update import PreparedChange, changes_prepare, context_update_in
from execution.logic.changes import (
    APPLY_SCRIPT,
    CurrentFiles,
    Description,
    PlanApply,
    Result,
    encode,
)
from execution.logic.commit_messages import apply_message
from execution.services.apply_message import commit_message
from execution.services.idle import check_idle
from execution.services.turns import PlanState, plan_state_read
from plandex_server.db import new_id
from plans.errors import StaleBranch
from plans.logic.versions import Kind
from plans.models import Branch
from plans.services.versions import Draft, branch_write, revision_head

TRIES = 5
"""What is applied is prepared before the write; a branch that another client changed meanwhile is
looked at again."""


def changes_apply(
    *, branch: Branch, user_id: str, auth_vars: Mapping[str, str], session_id: str
) -> str:
    """Marks everything pending as applied, in one commit; the commit message for the project.

    Raises `BranchBusy` while a run is active.
    """
    check_idle(branch)
    for _ in range(TRIES):
        branch = Branch.objects.select_related("head", "plan").get(pk=branch.pk)
        state = plan_state_read(revision_head(branch))
        message = commit_message(
            branch=branch,
            user_id=user_id,
            descriptions=_contributing(state),
            auth_vars=auth_vars,
            session_id=session_id,
        )
        plan = _prepare(branch, state, user_id)
        with branch_write(branch, user_id=user_id) as draft:
            if draft.sha == plan.sha:
                _apply(draft, plan, message)
                return message
    raise StaleBranch(branch.name)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What an apply does, prepared on the revision `sha`."""

    sha: str
    state: PlanState
    results: list[Result]
    descriptions: list[Description]
    limits: PlanLimits
    new: Sequence[Prepared]
    changed: Mapping[str, ContextChange]
    prepared: Mapping[str, PreparedChange]
    gone: list[str]


def _prepare(branch: Branch, state: PlanState, user_id: str) -> _Plan:
    files = state.files
    contexts = {
        item.file_path: item.id
        for item in state.items
        if item.context_type is ContextType.FILE and item.file_path
    }
    texts = {path: text for path, text in files.files.items() if path != APPLY_SCRIPT}
    limits = plan_limits(branch)
    new = [
        NewContext(
            context_type=ContextType.FILE,
            name=path,
            file_path=path,
            body=text,
            auto_loaded=True,
        )
        for path, text in sorted(texts.items())
        if path not in contexts
    ]
    changed = {
        contexts[path]: ContextChange(body=text) for path, text in texts.items() if path in contexts
    }
    return _Plan(
        sha=branch.head.sha if branch.head else "",
        state=state,
        results=[one for one in state.results if one.is_pending and one.path not in files.broken],
        descriptions=[one for one in state.descriptions if _is_built(one)],
        limits=limits,
        new=contexts_prepare(new, owner_id=user_id, limits=limits, auto_loaded=True),
        changed=changed,
        prepared=changes_prepare(revision_head(branch), changed, limits=limits.tokens),
        gone=[contexts[path] for path in files.removed if path in contexts],
    )


def _is_built(description: Description) -> bool:
    return (
        description.wrote_files
        and description.did_build
        and not description.build_paths_invalidated
        and description.applied_at is None
    )


def _contributing(state: PlanState) -> list[Description]:
    """The built descriptions of which something is still pending."""
    pending = {result.convo_message_id for result in state.results if result.is_pending}
    return [one for one in state.descriptions if _is_built(one) and one.convo_message_id in pending]


def _apply(draft: Draft, plan: _Plan, message: str) -> None:
    moment = draft.time()
    # The CLI takes an apply as undone by a rewind to a revision that is not later than the apply.
    draft.seconds_later = 1
    for result in plan.results:
        result.applied_at = result.updated_at = moment
        draft.put(Kind.RESULT, result.id, encode(result))
    for description in plan.descriptions:
        description.applied_at = description.updated_at = moment
        draft.put(Kind.DESCRIPTION, description.id, encode(description))
    summaries = _contexts(draft, plan)
    apply = PlanApply(
        id=new_id(),
        user_id=draft.user_id or "",
        created_at=moment,
        convo_message_ids=_unique(one.convo_message_id for one in plan.descriptions),
        convo_message_description_ids=[one.id for one in plan.descriptions],
        plan_file_result_ids=[one.id for one in plan.results],
        commit_msg=message.strip(),
        script=plan.state.files.files.get(APPLY_SCRIPT, ""),
    )
    draft.put(Kind.APPLY, apply.id, encode(apply))
    draft.message = apply_message(
        paths=_paths(plan.state.files), commit_msg=message.strip(), summaries=summaries
    )


def _contexts(draft: Draft, plan: _Plan) -> list[str]:
    """Brings the contexts up to what is now on the client's disk; what that did, in words.

    Over a token limit the contexts stay as they are: the files themselves are applied.
    """
    summaries = []
    limits = plan.limits.tokens
    if plan.new:
        loaded = context_load_into(draft, plan.new, limits=limits, conflicts=False)
        if loaded.contexts:
            summaries.append(loaded.msg)
    if plan.changed:
        updated = context_update_in(
            draft, plan.changed, limits=limits, conflicts=False, prepared=plan.prepared
        )
        if not updated.max_tokens_exceeded:
            summaries.append(updated.msg)
    if plan.gone:
        summaries.append(context_remove_in(draft, plan.gone, conflicts=False).msg)
    return summaries


def _paths(files: CurrentFiles) -> list[str]:
    return sorted({*files.files, *files.removed})


def _unique(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))
