"""The end of a run: what it has is stored, then its row, the branch's status and the log end."""

import asyncio
import logging
from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from functools import partial as partial_of

import msgspec

from execution.errors import RunFailed
from execution.event_log import EventLog
from execution.logic.events import Error, ErrorType, Event, Finished
from execution.logic.pending import StagedChange
from execution.logic.reply_grammar import Operation
from execution.logic.reply_parser import ReplyStream
from execution.logic.stages import Stage
from execution.logic.stretches import Stretch
from execution.models import Build, Run, RunEnd
from execution.services.builds import Builds
from execution.services.call_records import calls_close
from execution.services.claims import run_release
from execution.services.database_away import DATABASE_IS_AWAY, insistently, persistently, steadily
from execution.services.runs import run_end
from execution.services.session import Session
from execution.services.staged import builds_forget
from execution.services.storing import StoredReply, builds_commit, reply_store
from plandex_server.observe.logs import without_text
from plandex_server.threads import in_thread
from plans.logic.convo import ConvoFlags
from plans.models import Branch

logger = logging.getLogger(__name__)

LONG_WAIT_S = 3.0
"""An end that a few tries did not store is tried so often, as long as the process lives."""
END = "storing the end of a run"


async def commit_builds(session: Session, builds: Builds) -> None:
    """Commits what is built so far."""
    staged, reply_ids = list(session.staged), set(builds.reply_ids)
    if not reply_ids:
        return
    await steadily(
        builds_commit,
        branch=session.branch,
        user_id=session.run.user_id,
        staged=staged,
        reply_ids=reply_ids,
        failed=set(session.failures),
    )
    session.drop_staged(staged)
    builds.reply_ids -= reply_ids


async def end_finished(session: Session) -> None:
    """All work is committed: the run is over, with the paths that failed named if any did, or with
    the reason why it went no further."""
    if session.halted is not None:
        await end_failed(session, session.halted)
        return
    if session.failures:
        paths = ", ".join(sorted({path for _, path in session.failures}))
        reasons = "; ".join(dict.fromkeys(session.failures.values()))
        await _end(session, RunEnd.ERROR, _error(RunFailed(f"Build error: {paths}: {reasons}")))
        return
    await _end(session, RunEnd.FINISHED, Finished())


async def end_failed(session: Session, failure: RunFailed) -> None:
    """Keeps what was received and built, then ends the run with an error."""
    unkept = await _kept(session, stopped=False, error=failure.msg)
    await _end(session, RunEnd.ERROR, _error(failure), unkept)


async def end_stopped(session: Session, end: RunEnd, event: Event, *, error: str = "") -> None:
    """The same for a run that was stopped in the middle of a reply."""
    unkept = await _kept(session, stopped=True, error=error)
    await _end(session, end, event, unkept)


async def hand_over(session: Session) -> None:
    """Leaves the run to another process: all that it needs is written first."""
    await insistently(session.runtime.log.flush, "writing what a run has")
    await steadily(run_release, session.run)
    session.runtime.log.forget(session.run.id)


def _error(failure: RunFailed) -> Error:
    return Error(failure.msg, status=failure.status, type=ErrorType(failure.type))


async def _kept(session: Session, *, stopped: bool, error: str) -> Callable[[], None] | None:
    """Stores what the run has. If that fails: the work that is left to do, for later."""
    reply, partial = session.reply, None
    if reply is not None and not reply.stored and reply.raw.strip():
        partial = Partial(reply.id, reply.raw, reply.flags)
        reply.stored = True
    staged, session.staged = session.staged, []
    if partial is None and not staged and not session.given_up:
        return None
    store = partial_of(
        partial_store,
        branch=session.branch,
        user_id=session.run.user_id,
        partial=partial,
        staged=staged,
        given_up=frozenset(session.given_up),
        stopped=stopped,
        error=error,
    )
    try:
        await persistently(store, END)
    except Exception as failure:
        logger.error(
            "run %s: what it had could not be stored, trying on",
            session.run.id,
            exc_info=without_text(failure),
        )
        return store
    return None


async def _end(
    session: Session, end: RunEnd, event: Event, unkept: Callable[[], None] | None = None
) -> None:
    """Ends the run, after `unkept` work if there is any."""
    run, error = session.run, _error_of(event)
    calls, building = session.take_calls(), set(session.building)

    def end_row(last: Stretch) -> bool:
        if unkept is not None:
            unless_impossible(unkept)
        calls_close(calls)
        if building:
            builds_forget(Build.objects.filter(pk__in=building))
        return run_end(run, end, error=error, last=last)

    bare = partial_of(run_end, run, end, error=error)
    await _end_with_log(session.runtime.log, run.id, event, end_row, bare)


async def end_unopened(log: EventLog, run_id: str, owner: str, end: RunEnd, event: Event) -> None:
    """Ends a run of which this process has nothing but its log, not even its row."""

    def end_row(last: Stretch | None = None) -> bool:
        run = Run.objects.filter(pk=run_id, owner=owner, finished_at__isnull=True).first()
        return run is not None and run_end(run, end, error=_error_of(event), last=last)

    await _end_with_log(log, run_id, event, end_row, end_row)


def _error_of(event: Event) -> str:
    return event.msg if isinstance(event, Error) else ""


async def _end_with_log(
    log: EventLog,
    run_id: str,
    event: Event,
    end_row: Callable[[Stretch], bool],
    bare: Callable[[], bool],
) -> None:
    """Ends a run's row together with its log. `bare` is the end alone."""
    await log.close(run_id)
    rest = log.unflushed(run_id)
    whole = partial_of(end_row, replace(rest, entries=[*rest.entries, event]))
    try:
        ended = await persistently(whole, END)
    except Exception as failure:
        logger.error(
            "run %s: its end could not be stored, trying on",
            run_id,
            exc_info=without_text(failure),
        )
        # The viewers must not wait until the database is back.
        log.end(run_id, event)
        await _until_stored(whole, bare=bare)
        return
    if ended:
        log.end(run_id, event)
    else:
        log.forget(run_id)  # another process has it, or has ended it


def unless_impossible(work: Callable[[], None]) -> None:
    """Does work that failed before; only a database that is away is a reason to try once more."""
    try:
        work()
    except DATABASE_IS_AWAY:
        raise
    except Exception as failure:
        logger.error("what a run had can't be stored", exc_info=without_text(failure))


async def _until_stored(work: Callable[[], bool], *, bare: Callable[[], bool]) -> None:
    """Without its end in the database the run would be taken up again. `bare` is the end alone,
    for a database that is there and refuses what belongs to the end."""
    while True:
        await asyncio.sleep(LONG_WAIT_S)
        try:
            await in_thread(work)
            return
        except Exception as failure:
            logger.warning("%s failed (%s), trying again", END, type(failure).__name__)
            if not isinstance(failure, DATABASE_IS_AWAY):
                work = bare


@dataclass(frozen=True, slots=True)
class Partial:
    """A reply that was cut: its id, the model's words, and what is known of it."""

    id: str
    raw: str
    flags: ConvoFlags


def partial_store(
    *,
    branch: Branch,
    user_id: str,
    partial: Partial | None,
    staged: list[StagedChange],
    given_up: Set[tuple[str, str]] = frozenset(),
    stopped: bool,
    error: str,
) -> None:
    """Stores a reply that was cut, and finished builds. Used by the run itself, and for a run
    whose process died."""
    if partial is not None:
        raw, flags = partial.raw, partial.flags
        reply_store(
            branch=branch,
            user_id=user_id,
            reply=StoredReply(
                id=partial.id,
                text=raw,
                flags=msgspec.structs.replace(flags, has_error=bool(error) and not stopped),
                operations=() if flags.is_chat else complete_operations(raw),
                stopped=stopped,
                error=error,
            ),
        )
    if staged or given_up:
        builds_commit(
            branch=branch,
            user_id=user_id,
            staged=staged,
            reply_ids={change.reply_id for change in staged} | {reply for reply, _ in given_up},
            given_up=given_up,
            cut=True,
        )


def complete_operations(raw: str) -> tuple[Operation, ...]:
    """The operations that a cut reply had completed, without those that may never be carried
    out."""
    stream = ReplyStream(stage=Stage.IMPLEMENTATION)
    fed = stream.feed(raw)
    operations = fed.operations
    while fed.opened_path is not None:
        fed = stream.feed("")
        operations += fed.operations
    return tuple(operation for operation in operations if not operation.refusal)
