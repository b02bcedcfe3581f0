"""The replies of a tell, one after another."""

from execution.logic.context_items import has_map
from execution.logic.prompts.instructions import TaskView
from execution.logic.stages import MessageFacts, Phase, Situation, Stage, StageChoice, choose_stage
from execution.logic.subtasks import current_task
from execution.services import runs
from execution.services.after_reply import finish_reply
from execution.services.database_away import steadily
from execution.services.deferred import deferred_builds
from execution.services.listening import receive
from execution.services.naming import plan_name
from execution.services.storing import prompt_message_id, prompt_store
from execution.services.tell_state import TellState
from execution.services.turns import Turn, turn_read
from plandex_server.observe.tracing import span
from plans.logic.convo import ConvoFlags, ConvoMessage, Role


async def next_reply(state: TellState) -> bool:
    """One reply, from the choice of its stage to its commit; whether another one follows."""
    if state.iteration > 0:
        await steadily(
            runs.run_iteration_set,
            state.session.run,
            state.iteration,
            after_reply=state.has_begun,
        )
    if not state.request.is_user_continue:
        await _store_prompt(state)
    turn = await read_turn(state)
    if not state.has_begun:
        _begin(state, turn)
    choice = _choose(state, turn)
    if choice.stage is Stage.IMPLEMENTATION:
        turn = await _with_built_files(state, turn)
    with span("reply", stage=choice.stage.value, iteration=state.iteration):
        received = await receive(state, turn, choice)
    with span("after reply"):
        await state.session.runtime.turn(ends=True)
        goes_on = await finish_reply(state, received)
    state.iteration += 1
    return goes_on


def _begin(state: TellState, turn: Turn) -> None:
    """What a run does once, beside its first reply."""
    state.has_begun = True
    state.group.create_task(plan_name(state.session, state.models))
    if state.request.builds:
        for reply_id, operation in deferred_builds(turn.state.descriptions):
            state.builds.add(reply_id, operation)


async def read_turn(state: TellState) -> Turn:
    """The branch as it is now, for the next request and the next builds."""
    session = state.session
    staged = list(session.staged)
    turn = await steadily(turn_read, session.run.branch_id, session.org_id, staged)
    session.branch = turn.branch
    state.models.use(turn.models)
    state.builds.look_at(turn.state, seen=staged)
    return turn


async def _store_prompt(state: TellState) -> None:
    request, session = state.request, state.session
    if state.prompt_id is not None:
        return
    state.prompt_id = await steadily(
        prompt_store,
        branch=session.branch,
        message_id=prompt_message_id(session.run.id),
        user_id=session.run.user_id,
        prompt=request.prompt,
        flags=ConvoFlags(
            is_chat=request.is_chat_only,
            is_apply_debug=request.is_apply_debug,
            is_user_debug=request.is_user_debug,
        ),
    )


def _choose(state: TellState, turn: Turn) -> StageChoice:
    request = state.request
    return choose_stage(
        [_facts(message) for message in turn.messages],
        Situation(
            iteration=state.iteration,
            is_user_continue=request.is_user_continue,
            is_chat=request.is_chat_only,
            auto_context=request.auto_context,
            has_map=has_map(turn.contexts),
        ),
    )


def _facts(message: ConvoMessage) -> MessageFacts:
    stage = message.flags.current_stage
    return MessageFacts(
        is_user=message.role is Role.USER,
        stage=Stage(stage.tell_stage) if stage.tell_stage else None,
        phase=Phase(stage.planning_phase),
        did_make_plan=message.flags.did_make_plan,
        is_stopped=message.stopped,
        has_error=message.flags.has_error,
        activated_paths=tuple(message.activate_paths_ordered or ()),
    )


async def _with_built_files(state: TellState, turn: Turn) -> Turn:
    """A task must not be written against a file that a running build is about to change."""
    task: TaskView | None = current_task(turn.subtasks)
    if state.builds.is_idle or task is None:
        return turn
    await state.builds.wait(task.uses_files or None)
    return await read_turn(state)
