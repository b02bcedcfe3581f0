"""The life of a run's row once it is there: kept alive, stopped, ended exactly once."""

from django.db import connection, transaction

from execution import storage
from execution.logic.stretches import Stretch
from execution.models import PendingAction, Run, RunEnd
from execution.observed import run_ended
from execution.run_sums import run_sums
from plandex_server import statements
from plandex_server.db import now
from plandex_server.prepared import Prepared
from plandex_server.prepared_writes import PreparedUpdate
from plans.models import PlanStatus
from plans.services.branches import branch_status_set

_HELD = Prepared(
    lambda slots: (
        Run.objects.select_for_update(no_key=True)
        .filter(pk=slots.run_id, owner=slots.owner, finished_at__isnull=True)
        .values_list("pk")
    )
)
"""Holds the run's row, so that it neither ends nor changes hands before the transaction is over."""
_STATUS = """
UPDATE plans_branch SET status = %s, error = '', updated_at = %s
FROM (
  SELECT 1 FROM execution_run
  WHERE id = %s AND owner = %s AND finished_at IS NULL FOR NO KEY UPDATE
) AS held
WHERE plans_branch.id = %s
"""
"""Both in one statement: four would cost a run as much as some of its chunks."""
_ENDED = PreparedUpdate(
    lambda slots: (
        Run.objects.filter(pk=slots.run_id, owner=slots.owner, finished_at__isnull=True),
        {
            "finished_at": slots.now,
            "end": slots.end,
            "error": slots.error,
            "sealed_credentials": None,
        },
    )
)
_UNASKED = PreparedUpdate(
    lambda slots: (
        PendingAction.objects.filter(run_id=slots.run_id, answered_at__isnull=True),
        {"answered_at": slots.now},
    )
)


def run_status_set(run: Run, status: PlanStatus) -> None:
    """What the branch is doing now; a late word of a run that has ended, or is another process's,
    changes nothing."""
    if connection.vendor == "postgresql":
        statements.run(_STATUS, [status.value, now(), run.pk, run.owner, run.branch_id])
        return
    with transaction.atomic():
        if _HELD.first(run_id=run.pk, owner=run.owner) is not None:
            branch_status_set(run.branch_id, status)


def run_iteration_set(run: Run, iteration: int, *, after_reply: bool) -> None:
    """The run asks for its next reply, `after_reply` when this process has received one whole:
    then the processes that died before count no more."""
    changes = {"iteration": iteration} | ({"attempt": 1} if after_reply else {})
    Run.objects.filter(pk=run.pk, finished_at__isnull=True).update(**changes)
    run_status_set(run, PlanStatus.REPLYING)


def run_has_ended(run_id: str) -> bool:
    return not Run.objects.filter(pk=run_id, finished_at__isnull=True).exists()


def run_stop_request(run: Run) -> None:
    Run.objects.filter(pk=run.pk, stop_requested_at__isnull=True).update(stop_requested_at=now())


_LAST_STATUS = {
    RunEnd.FINISHED: PlanStatus.FINISHED,
    RunEnd.ABORTED: PlanStatus.STOPPED,
    RunEnd.ERROR: PlanStatus.ERROR,
}


def run_end(run: Run, end: RunEnd, *, error: str = "", last: Stretch | None = None) -> bool:
    """Ends the run, once: its status, the branch's, its last events, its keys, in one step.

    False when it had ended before, or has another owner by now; then nothing changes.
    """
    with transaction.atomic():
        moment = now()
        if not _ENDED.run(run_id=run.pk, owner=run.owner, now=moment, end=end.value, error=error):
            return False
        branch_status_set(run.branch_id, _LAST_STATUS[end], error)
        _UNASKED.run(run_id=run.pk, now=moment)
        if last is not None:
            storage.stretches_write([last])
        # Not after the commit: a failure there would be taken for one of the end itself.
        sums = run_sums(run, until=moment)
    run_ended(run, end, sums)
    return True
