"""What a run writes into its branch's history: prompt, replies, built changes. Synchronous."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from context.logic.tokens import count_tokens
from execution.logic import changes as logic
from execution.logic import commit_messages
from execution.logic.changes import Description, StoredOperation, decode_results
from execution.logic.pending import StagedChange, overlaid, rejected, unbuilt_paths
from execution.logic.reply_grammar import Operation, OperationKind
from execution.logic.subtasks import Subtask
from execution.models import Build, ModelCall
from execution.services.call_records import calls_close
from execution.services.turns import to_stored
from plandex_server.db import now
from plans.logic.convo import ConvoFlags, ConvoMessage, Role
from plans.logic.versions import Kind
from plans.models import Branch
from plans.services.convo import convo_add, subtasks_write
from plans.services.plans import plan_replied
from plans.services.versions import Draft, branch_write


def prompt_message_id(run_id: str) -> str:
    """The id of the message with a run's prompt: the same for every process that tries the run."""
    return str(uuid.uuid5(uuid.UUID(run_id), "prompt"))


def prompt_store(
    *,
    branch: Branch,
    user_id: str,
    message_id: str,
    prompt: str,
    flags: ConvoFlags,
) -> str:
    """Stores the user's message, unless it is stored already: one commit. Its id."""
    tokens = count_tokens(prompt)
    with branch_write(branch, user_id=user_id) as draft:
        if message_id in draft.tree(Kind.CONVO):
            return message_id
        message = ConvoMessage(
            id=message_id,
            user_id=user_id,
            role=Role.USER,
            message=prompt,
            tokens=tokens,
            flags=flags,
        )
        stored = convo_add(draft, message)
        draft.message = commit_messages.user_message(num=stored.num, tokens=tokens)
    return message_id


@dataclass(frozen=True, slots=True)
class StoredReply:
    """A reply as it goes into the conversation. `subtasks` None leaves the task list alone."""

    id: str
    text: str
    flags: ConvoFlags
    operations: Sequence[Operation] = ()
    stopped: bool = False
    subtask: Subtask | None = None
    added: Sequence[Subtask] = ()
    removed: Sequence[Subtask] = ()
    subtasks: Sequence[Subtask] | None = None
    activated: Sequence[str] = ()
    commit_msg: str = ""
    error: str = ""
    summarized_to: str = ""
    calls: Sequence[ModelCall] = field(default=(), repr=False)


def reply_store(*, branch: Branch, user_id: str, reply: StoredReply) -> None:
    """Stores message, description and tasks of a reply: one commit. Nothing for a reply that is
    stored already, by an attempt whose success was not heard of or by another process."""
    tokens = count_tokens(reply.text)
    with branch_write(branch, user_id=user_id) as draft:
        if reply.id in draft.tree(Kind.CONVO):
            return
        stored = convo_add(draft, _message(reply, user_id, tokens))
        description = _description(reply, stored.created_at)
        draft.put(Kind.DESCRIPTION, description.id, logic.encode(description))
        if reply.subtasks is not None:
            subtasks_write(draft, [to_stored(task) for task in reply.subtasks])
        draft.message = commit_messages.reply_message(
            num=stored.num,
            tokens=tokens,
            flags=reply.flags,
            stopped=reply.stopped,
            subtask=reply.subtask,
            added=reply.added,
            removed=reply.removed,
        )
        plan_replied(branch.plan_id)
        calls_close(reply.calls)


def _message(reply: StoredReply, user_id: str, tokens: int) -> ConvoMessage:
    return ConvoMessage(
        id=reply.id,
        user_id=user_id,
        role=Role.ASSISTANT,
        message=reply.text,
        tokens=tokens,
        stopped=reply.stopped,
        flags=reply.flags,
        subtask=to_stored(reply.subtask) if reply.subtask else None,
        added_subtasks=[to_stored(task) for task in reply.added] or None,
        removed_subtasks=[task.title for task in reply.removed] or None,
        activate_paths=dict.fromkeys(reply.activated, True) or None,
        activate_paths_ordered=list(reply.activated) or None,
    )


def _description(reply: StoredReply, moment: datetime) -> Description:
    """With the time of its message, which is later than those before whatever the clock says."""
    return Description(
        id=str(uuid.uuid4()),
        convo_message_id=reply.id,
        created_at=moment,
        updated_at=moment,
        summarized_to_message_id=reply.summarized_to,
        wrote_files=bool(reply.operations),
        commit_msg=reply.commit_msg,
        operations=[_operation(operation) for operation in reply.operations],
        error=reply.error,
    )


def _operation(operation: Operation) -> StoredOperation:
    return StoredOperation(
        kind=operation.kind.value,
        path=operation.path,
        destination=operation.destination,
        content=operation.content,
        description=operation.description,
        num_tokens=operation.num_tokens,
    )


def as_operation(stored: StoredOperation) -> Operation:
    return Operation(
        kind=OperationKind(stored.kind),
        path=stored.path,
        destination=stored.destination,
        content=stored.content,
        description=stored.description,
        num_tokens=stored.num_tokens,
    )


def builds_commit(
    *,
    branch: Branch,
    user_id: str,
    staged: Sequence[StagedChange],
    reply_ids: Iterable[str],
    failed: Iterable[tuple[str, str]] = (),
    given_up: Iterable[tuple[str, str]] = (),
    cut: bool = False,
) -> None:
    """Commits finished builds and marks the descriptions of `reply_ids` as built.

    `failed` are replies and paths. A failed path stays in its description's
    `build_paths_invalidated`, so that the CLI offers to build it again. `cut` says that the run
    ended before all builds did: paths that are not wholly built are left to a later build too,
    but for those `given_up`.
    """
    with branch_write(branch, user_id=user_id) as draft:
        staged = _uncommitted(staged)
        found = draft.read_many({Kind.RESULT: None, Kind.DESCRIPTION: None})
        results = decode_results(found[Kind.RESULT].values())
        descriptions = logic.decode_descriptions(found[Kind.DESCRIPTION].values())
        moment = now()
        wanted = [one for one in descriptions if one.convo_message_id in set(reply_ids)]
        again = {
            one.id: _of_reply(one, failed)
            | (_missing(one, staged) - _of_reply(one, given_up) if cut else set())
            for one in wanted
        }
        if cut:
            staged = _without(staged, wanted, again)
        _results_put(draft, results, staged, moment)
        rebuilt = _descriptions_mark(draft, wanted, again, moment)
        paths = logic.pending_by_path(overlaid(results, staged))
        draft.message = commit_messages.build_message(paths=list(paths), rebuilt=rebuilt)
        Build.objects.filter(pk__in=[change.build_id for change in staged]).update(
            committed=True, result=None
        )


def _uncommitted(staged: Sequence[StagedChange]) -> list[StagedChange]:
    """Without those that an attempt has committed whose success was not heard of."""
    builds = Build.objects.filter(pk__in=[change.build_id for change in staged], committed=True)
    committed = set(builds.values_list("pk", flat=True))
    return [change for change in staged if change.build_id not in committed]


def _results_put(
    draft: Draft, results: list[logic.Result], staged: Sequence[StagedChange], moment: datetime
) -> None:
    known = {result.id: result for result in results}
    for change in staged:
        for result in rejected(known.values(), change.rejects, moment):
            known[result.id] = result
            draft.put(Kind.RESULT, result.id, logic.encode(result))
        for result in change.results:
            known[result.id] = result
            draft.put(Kind.RESULT, result.id, logic.encode(result))


def _of_reply(description: Description, keys: Iterable[tuple[str, str]]) -> set[str]:
    return {path for reply, path in keys if reply == description.convo_message_id}


def _missing(description: Description, staged: Iterable[StagedChange]) -> set[str]:
    """What was to be built and is not; what an earlier run has built stays built."""
    paths = (operation.path for operation in description.unbuilt)
    return unbuilt_paths(paths, description.convo_message_id, staged)


def _without(
    staged: Sequence[StagedChange],
    descriptions: Iterable[Description],
    again: dict[str, set[str]],
) -> list[StagedChange]:
    """The changes without those on paths that will be built again from the start."""
    dropped = {(one.convo_message_id, path) for one in descriptions for path in again[one.id]}
    return [change for change in staged if (change.reply_id, change.path) not in dropped]


def _descriptions_mark(
    draft: Draft,
    descriptions: Iterable[Description],
    again: dict[str, set[str]],
    moment: datetime,
) -> list[str]:
    """Marks descriptions as built; the paths that were rebuilt, if nothing else was built."""
    rebuilt: set[str] = set()
    only_rebuilt = True
    for description in descriptions:
        if not description.unbuilt:
            continue
        only_rebuilt = only_rebuilt and description.did_build
        rebuilt |= set(description.build_paths_invalidated)
        description.build_paths_invalidated = {
            operation.path: True
            for operation in description.operations
            if {operation.path, operation.destination} & again[description.id]
        }
        description.did_build = True
        description.updated_at = moment
        draft.put(Kind.DESCRIPTION, description.id, logic.encode(description))
    return sorted(rebuilt) if only_rebuilt else []
