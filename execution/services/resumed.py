"""A run that another process began: its last reply may have been stored, and have been its last.
Then only what follows the replies is left."""

from execution.logic.stages import Phase, ReplyFacts, Stage, has_file_list, should_continue
from execution.logic.subtasks import current_task, parse_tasks
from execution.models import Run
from execution.services.database_away import steadily
from execution.services.deferred import deferred_builds
from execution.services.replies import read_turn
from execution.services.tell_state import TellState
from execution.services.turns import Turn
from execution.storage import received_read
from plans.logic.convo import ConvoMessage


async def has_said_all(state: TellState) -> bool:
    """Whether no reply follows the last one of the process before. Its builds are queued then."""
    if state.iteration == 0:
        return False
    turn = await read_turn(state)
    reply = await steadily(_last_reply, state.session.run, turn)
    if reply is None or should_continue(_facts(state, turn, reply)):
        return False
    if state.request.builds:
        for reply_id, operation in deferred_builds(turn.state.descriptions):
            state.builds.add(reply_id, operation)
    return True


def _last_reply(run: Run, turn: Turn) -> ConvoMessage | None:
    """The last reply that was received, if it was stored whole."""
    reply_id, _ = received_read(run.id)
    found = (message for message in turn.messages if message.id == reply_id)
    reply = next(found, None)
    return None if reply is None or reply.stopped else reply


def _facts(state: TellState, turn: Turn, reply: ConvoMessage) -> ReplyFacts:
    """What was known when the reply had been stored."""
    stage, flags = reply.flags.current_stage, reply.flags
    return ReplyFacts(
        stage=Stage(stage.tell_stage) if stage.tell_stage else Stage.PLANNING,
        phase=Phase(stage.planning_phase),
        iteration=state.iteration - 1,
        is_chat=state.request.is_chat_only,
        auto_continue=state.request.auto_continue,
        has_activated_paths=bool(reply.activate_paths_ordered),
        has_file_list=has_file_list(reply.message),
        has_tasks=bool(parse_tasks(reply.message)),
        has_removals=flags.did_remove_tasks,
        all_finished=flags.did_complete_plan,
        has_current_task=current_task(turn.subtasks) is not None,
    )
