"""Contexts follow an apply: they become what is now on the client's disk."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from context.errors import ContextRefused
from context.logic.items import ContextType
from context.logic.loading import ContextChange, NewContext, Prepared
from context.selectors import PlanLimits, plan_limits
from context.services.load import context_load_into, contexts_prepare
from context.services.remove import context_remove_in
from context.services.update import PreparedChange, changes_prepare, context_update_in
from execution.logic.changes import APPLY_SCRIPT
from execution.services.turns import PlanState
from plans.models import Branch
from plans.services.versions import Draft, Revision


@dataclass(frozen=True, slots=True)
class ContextChanges:
    """New files to load, loaded files to change, and loaded files that are gone."""

    limits: PlanLimits
    new: Sequence[Prepared]
    changed: Mapping[str, ContextChange]
    prepared: Mapping[str, PreparedChange]
    gone: Sequence[str]


def contexts_change(
    branch: Branch, revision: Revision, state: PlanState, user_id: str
) -> ContextChanges:
    """What the pending files of the revision do to its contexts. Counts tokens: takes time."""
    loaded = {
        item.file_path: item.id for item in state.items if item.context_type is ContextType.FILE
    }
    texts = {path: text for path, text in state.files.files.items() if path != APPLY_SCRIPT}
    limits = plan_limits(branch)
    new = [_new(path, text) for path, text in texts.items() if path not in loaded]
    changed = {
        loaded[path]: ContextChange(body=text) for path, text in texts.items() if path in loaded
    }
    try:
        prepared = changes_prepare(revision, changed, limits=limits.tokens)
    except ContextRefused:
        changed, prepared = {}, {}
    return ContextChanges(
        limits=limits,
        new=_prepared(new, user_id, limits),
        changed=changed,
        prepared=prepared,
        gone=[loaded[path] for path in sorted(state.files.removed) if path in loaded],
    )


def contexts_apply(draft: Draft, changes: ContextChanges) -> list[str]:
    """Changes the contexts in an open write; what that did, in words.

    What a limit forbids is left out: the files themselves are applied all the same.
    """
    limits = changes.limits.tokens
    summaries = []
    if changes.gone:
        summaries.append(context_remove_in(draft, changes.gone, conflicts=False).msg)
    with suppress(ContextRefused):
        if changes.changed:
            updated = context_update_in(
                draft, changes.changed, limits=limits, conflicts=False, prepared=changes.prepared
            )
            summaries += [updated.msg] if updated.contexts else []
    with suppress(ContextRefused):
        if changes.new:
            loaded = context_load_into(draft, changes.new, limits=limits, conflicts=False)
            summaries += [loaded.msg] if loaded.contexts else []
    return summaries[::-1]  # what was loaded is told first


def _new(path: str, text: str) -> NewContext:
    return NewContext(
        context_type=ContextType.FILE, name=path, file_path=path, body=text, auto_loaded=True
    )


def _prepared(new: Sequence[NewContext], user_id: str, limits: PlanLimits) -> list[Prepared]:
    try:
        return contexts_prepare(new, owner_id=user_id, limits=limits, auto_loaded=True)
    except ContextRefused:
        return []
