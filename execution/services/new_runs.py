"""How a run begins: its row, and what its branch is doing."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from execution.errors import AlreadyRunning, KeyReused, TooManyRuns
from execution.logic.requests import BuildPlanRequest, TellPlanRequest
from execution.models import Run, RunKind
from execution.observed import run_asked
from execution.services.run_request import credentials_seal, request_encode
from plandex_server import statements
from plandex_server.db import now
from plandex_server.prepared import Prepared
from plandex_server.prepared_writes import PreparedInsert
from plans.models import Branch, PlanStatus
from plans.services.branches import branch_status_set

KEY_HOURS = 24
"""How long a repeated Idempotency-Key means the same run."""

_CREATED = PreparedInsert(Run)
_CREATED_NEXT = PreparedInsert(
    Run,
    made_of={"created_at": "GREATEST(%s, (SELECT at FROM next))"},
    returning="created_at",
)
_BEGUN = """
WITH next AS (
  SELECT max(created_at) + interval '1 microsecond' AS at FROM execution_run WHERE branch_id = %s
), created AS ({created}), told AS (
  UPDATE plans_branch SET status = %s, error = '', updated_at = %s WHERE id = %s
)
SELECT created_at FROM created
"""
"""What `_insert` does, in one statement instead of five."""
_NEWEST = Prepared(
    lambda slots: (
        Run.objects.filter(branch_id=slots.branch_id)
        .order_by("-created_at")
        .values_list("created_at")[:1]
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
        idempotency_key=new.idempotency_key,
        request_hash=fingerprint,
    )
    try:
        if _needs_no_transaction():
            _insert_at_once(run)
        else:
            _insert(run)
    except IntegrityError:
        # The same request may have come twice at the same moment.
        earlier = _same(new, fingerprint)
        if earlier is None:
            raise AlreadyRunning(new.branch.plan_id, new.branch.name) from None
        return earlier
    run_asked(run)
    return run


def _needs_no_transaction() -> bool:
    """Inside of one a refusal has to be undone by itself; SQLite has no such statement."""
    is_alone = connection.vendor == "postgresql" and not connection.in_atomic_block
    return is_alone and not settings.USER_RUNS


def _insert(run: Run) -> None:
    """Writes the row of a run, and what its branch is doing. The run comes after the branch's runs
    so far: who watches it looks for the next one by its time, and a clock may be set back, or be
    behind that of another web process."""
    with transaction.atomic():
        _check_room(run.user_id)
        newest = _NEWEST.first(branch_id=run.branch_id)
        if newest is not None:
            run.created_at = max(run.created_at, newest[0] + timedelta(microseconds=1))
        _CREATED.one(run)
        branch_status_set(run.branch_id, _FIRST_STATUS[run.kind])


def _insert_at_once(run: Run) -> None:
    branch_id, status = run.branch_id, _FIRST_STATUS[run.kind]
    sql = _BEGUN.format(created=_CREATED_NEXT.sql)
    values = [branch_id, *_CREATED_NEXT.values(run), status.value, now(), branch_id]
    [(run.created_at,)] = statements.run(sql, values).rows


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


_FIRST_STATUS: dict[str, PlanStatus] = {
    RunKind.TELL: PlanStatus.REPLYING,
    RunKind.BUILD: PlanStatus.BUILDING,
}


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
