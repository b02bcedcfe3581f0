"""What follows a reply: its tasks are taken in, it is stored, and the next step is chosen."""

import asyncio
from dataclasses import dataclass, replace

from execution.logic.events import Describing
from execution.logic.stages import (
    PathChoice,
    ReplyFacts,
    Stage,
    choose_paths,
    has_file_list,
    should_continue,
)
from execution.logic.subtasks import (
    Subtask,
    TaskProgress,
    TaskUpdate,
    current_task,
    is_known_to_be_finished,
    parse_removed_titles,
    parse_tasks,
    record_reply,
    update_tasks,
)
from execution.services import auxiliary
from execution.services.database_away import steadily
from execution.services.listening import Received
from execution.services.questions import load_context
from execution.services.storing import StoredReply, reply_store
from execution.services.summaries import summarize_if_long
from execution.services.tell_state import TellState
from plans.logic.convo import ConvoFlags, CurrentStage
from plans.models import PlanStatus


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a reply did to the plan: `listed` are the tasks of its own list."""

    paths: PathChoice
    listed: tuple[Subtask, ...]
    update: TaskUpdate
    progress: TaskProgress
    task: Subtask | None
    finished: bool

    @property
    def made_plan(self) -> bool:
        return self.update.changed


async def finish_reply(state: TellState, received: Received) -> bool:
    """Stores the reply; whether another one follows."""
    session = state.session
    session.emit(Describing())
    await session.status(PlanStatus.DESCRIBING)
    listed, update = _tasks(state, received)
    task = current_task(received.turn.subtasks) if _implements(received) else None
    commit_msg, finished = await asyncio.gather(
        _describe(state, received), _is_finished(state, received, task)
    )
    outcome = _Outcome(
        paths=_paths(state, received),
        listed=listed,
        update=update,
        progress=record_reply(update, finished=finished and task is not None),
        task=task,
        finished=finished and task is not None,
    )
    await _store(state, received, outcome, commit_msg)
    summarize_if_long(state, received.turn)
    if outcome.paths.to_load:
        await load_context(session, outcome.paths.to_load)
    return should_continue(_reply_facts(state, received, outcome))


def _implements(received: Received) -> bool:
    return received.choice.stage is Stage.IMPLEMENTATION


def _tasks(state: TellState, received: Received) -> tuple[tuple[Subtask, ...], TaskUpdate]:
    """The tasks that the reply lists, and what becomes of the plan's."""
    # A list in a chat's answer is only talk.
    text = "" if state.request.is_chat_only else received.text
    listed = tuple(
        replace(task, uses_files=tuple(map(received.known.meant, task.uses_files)))
        for task in parse_tasks(text)
    )
    update = update_tasks(
        received.turn.subtasks,
        parsed=listed,
        removed_titles=parse_removed_titles(text),
        current=current_task(received.turn.subtasks),
    )
    return listed, update


def _paths(state: TellState, received: Received) -> PathChoice:
    turn = received.turn
    found = choose_paths(
        received.text,
        choice=received.choice,
        is_chat=state.request.is_chat_only,
        project_paths=state.session.project_paths,
        context_paths=turn.context_paths,
        pending_paths=turn.state.files.files.keys(),
    )
    if state.request.auto_context:
        return found
    # Without auto-context the files in context are the user's choice.
    return PathChoice(activated=found.activated)


async def _describe(state: TellState, received: Received) -> str:
    """The commit message of a reply that changes files."""
    if not received.operations:
        return ""
    return await auxiliary.describe(state.models, received.text)


async def _is_finished(state: TellState, received: Received, task: Subtask | None) -> bool:
    if task is None:
        return _implements(received)
    earlier = [
        message.message
        for message in received.turn.messages
        if message.subtask is not None and message.subtask.title == task.title
    ]
    if is_known_to_be_finished(task, reply=received.text, earlier_replies=len(earlier)):
        return True
    return await auxiliary.task_is_finished(
        state.models,
        prompt="" if received.prompt.is_generic else received.prompt.text,
        task=task,
        earlier=earlier,
        reply=received.text,
    )


async def _store(state: TellState, received: Received, outcome: _Outcome, commit_msg: str) -> None:
    session = state.session
    reply = StoredReply(
        id=received.id,
        text=received.text,
        flags=_flags(state, received, outcome),
        operations=received.operations,
        subtask=outcome.task,
        added=outcome.update.added,
        removed=outcome.update.removed,
        subtasks=outcome.progress.tasks if _changes_tasks(received, outcome) else None,
        activated=outcome.paths.activated,
        commit_msg=commit_msg,
        summarized_to=received.summarized_to,
        calls=session.take_calls(),
    )
    await steadily(reply_store, branch=session.branch, user_id=session.run.user_id, reply=reply)
    assert session.reply is not None, "a reply that was received is in progress"
    session.reply.stored = True
    session.reply_ids.append(received.id)


def _changes_tasks(received: Received, outcome: _Outcome) -> bool:
    return tuple(received.turn.subtasks) != outcome.progress.tasks


def _flags(state: TellState, received: Received, outcome: _Outcome) -> ConvoFlags:
    request, choice = state.request, received.choice
    return ConvoFlags(
        current_stage=CurrentStage(
            tell_stage=choice.stage.value, planning_phase=choice.phase.value
        ),
        did_write_code=bool(received.operations),
        did_make_plan=outcome.made_plan,
        did_remove_tasks=bool(outcome.update.removed),
        did_make_debugging_plan=bool(outcome.listed)
        and (request.is_user_debug or request.is_apply_debug),
        did_load_context=bool(outcome.paths.to_load),
        did_complete_task=outcome.finished,
        did_complete_plan=outcome.progress.all_finished,
        is_chat=request.is_chat_only,
    )


def _reply_facts(state: TellState, received: Received, outcome: _Outcome) -> ReplyFacts:
    return ReplyFacts(
        stage=received.choice.stage,
        phase=received.choice.phase,
        iteration=state.iteration,
        is_chat=state.request.is_chat_only,
        auto_continue=state.request.auto_continue,
        has_activated_paths=bool(outcome.paths.activated),
        has_file_list=has_file_list(received.text),
        has_tasks=bool(outcome.listed),
        has_removals=bool(outcome.update.removed),
        all_finished=outcome.progress.all_finished,
        has_current_task=current_task(outcome.progress.tasks) is not None,
    )
