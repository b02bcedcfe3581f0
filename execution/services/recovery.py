"""Runs whose process died: what they had received is stored, and they end.

The embedded server calls this at its start, when no run can be alive.
"""

import logging
from collections.abc import Sequence
from functools import partial as partial_of

from execution import storage
from execution.logic.events import Aborted, Describing, Error, Reply
from execution.logic.requests import TellPlanRequest
from execution.logic.silence import Sign
from execution.logic.snapshot import snapshot_of
from execution.logic.stretches import Answered, Entry, Stretch, ends_run
from execution.models import Build, ModelCall, PendingAction, Run, RunEnd
from execution.services.call_records import calls_kill, calls_kill_lost
from execution.services.claims import run_claim
from execution.services.ending import Partial, partial_store, unless_impossible
from execution.services.run_request import request_decode
from execution.services.runs import run_end
from execution.services.staged import builds_forget, given_up_of_run, staged_of_run
from plandex_server.db import now
from plandex_server.observe.logs import without_text
from plans.logic.convo import ConvoFlags
from plans.logic.versions import Kind
from plans.models import Branch
from plans.services.versions import revision_head

logger = logging.getLogger(__name__)

MAX_TAKEOVERS = 3
"""A run that brings down one process after another must not go on for ever. Only those in a row
count: a whole reply in between shows that it was not the run that did it."""
DIED = "The server stopped during this reply; use continue"


def runs_recover(*, owner: str = "") -> int:
    """Ends all active runs but those of `owner`; the number of runs ended."""
    dead = Run.objects.filter(finished_at__isnull=True).exclude(owner=owner)
    count = 0
    for run in dead:
        try:
            count += run_recover(run)
        except Exception as failure:
            # One run that can't be stored must not keep the server from starting.
            logger.error("run %s: recovery failed", run.id, exc_info=without_text(failure))
    calls_kill_lost()
    return count


def run_recover(run: Run, sent: Sequence[Entry] = (), *, why: str = DIED) -> bool:
    """Stores what a dead run had, and ends it; `sent` as for `run_resume`. What can't be stored
    must not keep its branch busy for ever."""
    unless_impossible(partial_of(run_keep, run, error=why))
    logger.warning("run %s: its process died, it was ended", run.id)
    told = [*sent] if _has_ended(sent) else [*sent, Error(why)]
    first = len(storage.entries_read(run.id)) + 1
    return _end_as_told(run, Stretch(run.id, first, told, reply_id="", raw=""))


def run_keep(run: Run, *, error: str = "") -> None:
    """Stores the reply that was in progress as stopped, and commits finished builds. What its
    model calls used is estimated."""
    calls_kill(ModelCall.objects.filter(run=run))
    builds_forget(Build.objects.filter(run=run))
    branch = Branch.objects.select_related("head", "plan").get(pk=run.branch_id)
    reply_id, raw = storage.received_read(run.id)
    known = revision_head(branch).tree(Kind.CONVO)
    staged, given_up = staged_of_run(run.id), given_up_of_run(run.id)
    partial = None
    if raw.strip() and reply_id not in known:
        request = request_decode(bytes(run.request), TellPlanRequest)  # builds have no replies
        partial = Partial(reply_id, raw, ConvoFlags(is_chat=request.is_chat_only))
    elif not staged and not given_up:
        return
    partial_store(
        branch=branch,
        user_id=run.user_id,
        partial=partial,
        staged=staged,
        given_up=given_up,
        stopped=True,
        error=error,
    )


def run_was_begun(run: Run) -> bool:
    """Whether another process had the run before this one, which has just claimed it: also one
    that gave it back, which is no attempt."""
    return run.attempt > 1 or run.began_at != run.heartbeat_at


def run_take(run_id: str, owner: str, *, silent: Sign | None = None) -> tuple[Run, bool] | None:
    """Claims a run; says also whether another process had it before."""
    run = run_claim(run_id, owner, silent=silent)
    return None if run is None else (run, run_was_begun(run))


def run_resume(run: Run, sent: Sequence[Entry] = ()) -> list[Entry] | None:
    """Prepares a run of a dead or departing process to go on here: its events so far.

    `sent` are events that viewers were shown after those in the database; they are written. None
    when the run was tried too often, or its user wants no more of it: then it was ended.
    """
    if run.attempt > 1 + MAX_TAKEOVERS:
        run_recover(run, sent)
        return None
    if run.stop_requested_at is None and not run_was_begun(run):
        return []
    entries = storage.entries_read(run.id)
    news: list[Entry] = list(sent)
    PendingAction.objects.filter(run=run, answered_at__isnull=True).update(answered_at=now())
    run_keep(run)
    if _has_ended(news):
        _end_as_told(run, Stretch(run.id, len(entries) + 1, news, reply_id="", raw=""))
        return None
    _, raw = storage.received_read(run.id)
    if raw.strip():
        # A reply that was begun is over; one that was only asked for is asked for again.
        run.iteration += 1
        run.save(update_fields=["iteration"])
    news += _closing([*entries, *news])
    if news:
        first = len(entries) + 1
        storage.stretches_write([Stretch(run.id, first, news, reply_id="", raw="")])
    if run.stop_requested_at is not None:
        run_abandon(run)
        return None
    return [*entries, *news]


def _has_ended(entries: Sequence[Entry]) -> bool:
    """Whether its viewers know the end, and only the database did not take it."""
    return bool(entries) and ends_run(entries[-1])


def _end_as_told(run: Run, last: Stretch) -> bool:
    match last.entries[-1]:
        case Error(msg):
            return run_end(run, RunEnd.ERROR, error=msg, last=last)
        case Aborted():
            return run_end(run, RunEnd.ABORTED, last=last)
        case _:
            return run_end(run, RunEnd.FINISHED, last=last)


def run_abandon(run: Run) -> None:
    """Ends a run that was claimed only because its user stopped it."""
    number = len(storage.entries_read(run.id)) + 1
    run_end(run, RunEnd.ABORTED, last=Stretch(run.id, number, [Aborted()], reply_id="", raw=""))


def _closing(entries: Sequence[Entry]) -> list[Entry]:
    """What the viewers need before a new reply: the cut one is over, no question is open."""
    closing: list[Entry] = []
    snapshot = snapshot_of(entries)
    if snapshot.missing_file is not None or snapshot.load_context is not None:
        closing.append(Answered())
    if _is_talking(entries):
        closing.append(Describing())
    return closing


def _is_talking(entries: Sequence[Entry]) -> bool:
    """Whether the last reply's text goes on."""
    told = (entry for entry in reversed(entries) if isinstance(entry, Reply | Describing))
    return isinstance(next(told, None), Reply)
