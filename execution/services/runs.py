"""The life of a run's row: created, kept alive, stopped, ended exactly once."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from execution import storage
from execution.errors import AlreadyRunning, KeyReused, TooManyRuns
from execution.logic.requests import BuildPlanRequest, TellPlanRequest
from execution.logic.stretches import Stretch
from execution.models import PendingAction, Run, RunEnd, RunKind
from execution.observed import run_asked, run_ended
from execution.run_sums import run_sums
from execution.services.run_request import credentials_seal, request_encode
from plandex_server.db import now
from plandex_server.prepared import Prepared
from plandex_server.prepared_writes import PreparedInsert, PreparedUpdate
from plans.models import Branch, PlanStatus
from plans.services.branches import branch_status_set

KEY_HOURS = 24
"""How long a repeated Idempotency-Key means the same run."""

_CREATED = PreparedInsert(Run)
_NEWEST = Prepared(
    lambda slots: (
        Run.objects.filter(branch_id=slots.branch_id)
        .order_by("-created_at")
        .values_list("created_at")[:1]
    )
)
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


@dataclass(frozen=True, slots=True)
class NewRun:
    """What a request asks for. `credentials` are provider keys by variable name."""

    branch: Branch
    user_id: str
    kind: RunKind
    request: TellPlanRequest | BuildPlanRequest
    credentials: dict[str, str] = field(repr=False)
    owner: str
    idempotency_key: str = ""


def run_create(new: NewRun) -> Run:
    """The run, made now, or the one that the same key made before.

    Raises `AlreadyRunning` while the branch has an active run: a database constraint says so, not
    a look that another process could overtake.
    """
    request = request_encode(new.request)
    fingerprint = _fingerprint(request)
    earlier = _same(new, fingerprint)
    if earlier is not None:
        return earlier
    try:
        with transaction.atomic():
            _check_room(new.user_id)
            run = Run(
                plan_id=new.branch.plan_id,
                branch=new.branch,
                user_id=new.user_id,
                kind=new.kind,
                request=request,
                sealed_credentials=credentials_seal(new.credentials),
                owner=new.owner,
                attempt=1 if new.owner else 0,
                began_at=now() if new.owner else None,
                created_at=_next_moment(new.branch),
                idempotency_key=new.idempotency_key,
                request_hash=fingerprint,
            )
            _CREATED.one(run)
            branch_status_set(new.branch.id, _FIRST_STATUS[new.kind])
    except IntegrityError:
        # The same request may have come twice at the same moment.
        earlier = _same(new, fingerprint)
        if earlier is None:
            raise AlreadyRunning(new.branch.plan_id, new.branch.name) from None
        return earlier
    run_asked(run)
    return run


def run_repeated(new: NewRun) -> Run | None:
    """The run that the same key made before: a repeat is answered with it whatever has changed
    since. Raises `KeyReused` for a key that came with another request."""
    if not new.idempotency_key:
        return None
    return _same(new, _fingerprint(request_encode(new.request)))


def _fingerprint(request: bytes) -> str:
    return hashlib.sha256(request).hexdigest()


def _check_room(user_id: str) -> None:
    """Holds the user's row, so that two runs do not both take the last place."""
    limit = settings.USER_RUNS
    if not limit:
        return
    list(User.objects.select_for_update(no_key=True).filter(pk=user_id).values_list("pk"))
    if Run.objects.filter(user_id=user_id, finished_at__isnull=True).count() >= limit:
        raise TooManyRuns(limit)


def _next_moment(branch: Branch) -> datetime:
    """Now, but after the branch's runs so far: who watches it looks for the next one by its time,
    and a clock may be set back, or be behind that of another web process."""
    newest = _NEWEST.first(branch_id=branch.pk)
    return now() if newest is None else max(now(), newest[0] + timedelta(microseconds=1))


_FIRST_STATUS = {RunKind.TELL: PlanStatus.REPLYING, RunKind.BUILD: PlanStatus.BUILDING}


def _same(new: NewRun, fingerprint: str) -> Run | None:
    """The run that the same request made before; raises `KeyReused` for another request's."""
    earlier = _earlier(new.user_id, new.idempotency_key)
    if earlier is not None and (
        earlier.request_hash != fingerprint or earlier.branch_id != new.branch.id
    ):
        raise KeyReused
    return earlier


def _earlier(user_id: str, key: str) -> Run | None:
    if not key:
        return None
    run = Run.objects.filter(user_id=user_id, idempotency_key=key).first()
    if run is not None and run.created_at < now() - timedelta(hours=KEY_HOURS):
        Run.objects.filter(pk=run.pk).update(idempotency_key="")
        return None
    return run


def run_status_set(run: Run, status: PlanStatus) -> None:
    """What the branch is doing now; a late word of a run that has ended, or is another process's,
    changes nothing."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_STATUS, [status.value, now(), run.pk, run.owner, run.branch_id])
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
