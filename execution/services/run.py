"""A run from its first step to its one end. `tell` is the list of stages."""

import asyncio
import logging
from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from execution import observed
from execution.errors import BudgetReached, NoMessages, RunFailed
from execution.logic.events import Aborted, Error, Event, RepliesFinished
from execution.logic.model_errors import ModelError
from execution.logic.request_spec import NoCurrentTask, TokenLimitExceeded
from execution.logic.stages import NothingToContinue
from execution.models import RunEnd, RunKind
from execution.services import ending
from execution.services.builds import Builds
from execution.services.database_away import DATABASE_IS_AWAY, persistently, steadily
from execution.services.deferred import deferred_builds
from execution.services.edit_build import Edits
from execution.services.model_calls import ModelCaller
from execution.services.replies import next_reply
from execution.services.resumed import has_said_all
from execution.services.session import Session
from execution.services.session_open import session_open
from execution.services.summaries import summarize_at_end
from execution.services.tell_state import TellState
from execution.services.turns import turn_read
from plandex_server.errors import ApiError
from plandex_server.observe import logs
from plans.models import PlanStatus

if TYPE_CHECKING:
    from execution.runtime import Runtime

logger = logging.getLogger(__name__)

T = TypeVar("T")

RUN_LIMIT_S = 2 * 60 * 60
"""A run that goes on longer than this has lost its way; its work so far is kept."""
OVER_TIME = "The run exceeded the time limit of 2 hours"
DATABASE_AWAY = "The server's database took nothing; what this run has is stored as soon as it does"
DATABASE_GONE = "The server's database was away when this run was to begin; ask again"
SHUT_DOWN = "The server stopped during this reply; use continue"


async def execute(runtime: "Runtime", run_id: str) -> None:
    """Executes a run and ends it, whatever happens."""
    logs.run_id.set(run_id)
    opening = asyncio.create_task(_opened(runtime, run_id))
    try:
        session = await asyncio.shield(opening)
    except asyncio.CancelledError:
        await _stopped_at_once(runtime, run_id, opening)
        raise
    except Exception as error:
        await to_its_end(_end_unopened(runtime, run_id, RunEnd.ERROR, _why_unopened(error)))
        return
    if session is None:
        return
    with observed.run_executed(session.run):
        await _executed(session)


async def _opened(runtime: "Runtime", run_id: str) -> Session | None:
    work = partial(session_open, runtime, run_id)
    return await persistently(work, "opening a run", heed=DATABASE_IS_AWAY)


async def _stopped_at_once(
    runtime: "Runtime", run_id: str, opening: asyncio.Task[Session | None]
) -> None:
    """A run that is stopped while it opens has an end like all others."""
    try:
        session = await to_its_end(opening)
    except Exception:
        if runtime.stopping:
            await to_its_end(_end_unopened(runtime, run_id, RunEnd.ERROR, Error(SHUT_DOWN)))
        else:
            await to_its_end(_end_unopened(runtime, run_id, RunEnd.ABORTED, Aborted()))
        return
    if session is not None:
        with observed.run_executed(session.run):
            await to_its_end(_end_cancelled(session))


def _why_unopened(error: Exception) -> Error:
    away = isinstance(error, DATABASE_IS_AWAY)
    return Error(DATABASE_GONE if away else as_failure(error).msg)


async def _end_unopened(runtime: "Runtime", run_id: str, end: RunEnd, event: Event) -> None:
    """Of a run whose row could not be read in time there is nothing to keep."""
    if runtime.has_lost(run_id) or runtime.handing_over:
        runtime.log.forget(run_id)  # another process takes it, if only when it has been silent
    else:
        await ending.end_unopened(runtime.log, run_id, runtime.owner, end, event)


async def _executed(session: Session) -> None:
    try:
        async with asyncio.timeout(RUN_LIMIT_S) as limit:
            await session.runtime.turn()
            await (tell(session) if session.run.kind == RunKind.TELL else build(session))
    except asyncio.CancelledError:
        await to_its_end(_end_cancelled(session))
        raise
    except TimeoutError:
        why = OVER_TIME if limit.expired() else "The run timed out"
        await to_its_end(ending.end_failed(session, RunFailed(why)))
    except BaseException as error:  # groups of them too: whatever it is, the run has to end
        await to_its_end(ending.end_failed(session, as_failure(error)))
    else:
        await to_its_end(ending.end_finished(session))


async def tell(session: Session) -> None:
    """One reply after another until nothing is left to do, builds beside them."""
    models = ModelCaller(session)
    async with asyncio.TaskGroup() as group:
        builds = Builds(session, group, Edits(models))
        state = TellState(session, models, builds, group, iteration=session.run.iteration)
        if not await has_said_all(state):
            try:
                while await next_reply(state):
                    pass
            except BudgetReached as reached:
                session.halted = reached
        if session.halted is None:
            summarize_at_end(state)
        if not builds.is_idle:
            await session.status(PlanStatus.BUILDING)
            session.emit(RepliesFinished())
        await builds.wait()
        await ending.commit_builds(session, builds)


async def build(session: Session) -> None:
    """Builds what earlier replies left unbuilt."""
    models = ModelCaller(session)
    turn = await steadily(turn_read, session.run.branch_id, session.org_id, [])
    models.use(turn.models)
    async with asyncio.TaskGroup() as group:
        builds = Builds(session, group, Edits(models))
        builds.look_at(turn.state)
        for reply_id, operation in deferred_builds(turn.state.descriptions):
            builds.add(reply_id, operation)
        await builds.wait()
        await ending.commit_builds(session, builds)


async def _end_cancelled(session: Session) -> None:
    if session.runtime.has_lost(session.run.id):
        if not session.runtime.log.has_ended(session.run.id):
            session.runtime.log.forget(session.run.id)  # another process goes on with it
    elif session.runtime.handing_over:
        await ending.hand_over(session)
    elif session.runtime.stopping:
        await ending.end_stopped(session, RunEnd.ERROR, Error(SHUT_DOWN), error=SHUT_DOWN)
    else:
        await ending.end_stopped(session, RunEnd.ABORTED, Aborted())


async def to_its_end(work: Coroutine[Any, Any, T] | asyncio.Task[T]) -> T:
    """Awaits work that no cancellation may cut: a run's last step."""
    task = asyncio.ensure_future(work)
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            continue
    return task.result()


def as_failure(error: BaseException) -> RunFailed:
    """What the run's user is told. The first failure of a group stands for all."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    match error:
        case RunFailed():
            return error
        case NothingToContinue():
            return NoMessages()
        case NoCurrentTask() | TokenLimitExceeded():
            return RunFailed(str(error))
        case ModelError():
            return RunFailed(f"Stream error: {error}")
        case ApiError():
            return RunFailed(error.msg)
        case _ if isinstance(error, DATABASE_IS_AWAY):
            logger.error("run failed: the database: %s", type(error).__name__)
            return RunFailed(DATABASE_AWAY)
    logger.error("run failed: %s", type(error).__name__, exc_info=logs.without_text(error))
    return RunFailed("The server failed during this run; its log says why")
