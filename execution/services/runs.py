"""The life of a run's row: created, kept alive, stopped, ended exactly once."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import msgspec
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from accounts.models import User
from execution import storage
from execution.errors import AlreadyRunning, KeyReused, TooManyRuns
from execution.logic.requests import BuildPlanRequest, CredentialsBody, TellPlanRequest
from execution.logic.silence import Sign
from execution.logic.stretches import Stretch
from execution.models import PendingAction, Run, RunEnd, RunKind
from execution.observed import run_asked, run_ended
from execution.run_sums import run_sums
from plandex_server.db import now
from plandex_server.prepared import Prepared
from plandex_server.prepared_writes import PreparedInsert, PreparedUpdate
from plandex_server.seal import reseal, seal, unseal
from plans.models import Branch, PlanStatus
from plans.services.branches import branch_status_set

KEY_HOURS = 24
"""How long a repeated Idempotency-Key means the same run."""

R = TypeVar("R", bound=CredentialsBody)

_encode = msgspec.json.Encoder().encode

_CREATED = PreparedInsert(Run)
_HELD = Prepared(
    lambda slots: (
        Run.objects.select_for_update(no_key=True)
        .filter(pk=slots.run_id, owner=slots.owner, finished_at__isnull=True)
        .values_list("pk")
    )
)
"""Holds the run's row, so that it neither ends nor changes hands before the transaction is over."""
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
                sealed_credentials=seal(_encode(new.credentials)) if new.credentials else None,
                owner=new.owner,
                attempt=1 if new.owner else 0,
                began_at=now() if new.owner else None,
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


def request_encode(request: TellPlanRequest | BuildPlanRequest) -> bytes:
    """The request without its keys, as the run's row keeps it."""
    bare = msgspec.structs.replace(request, auth_vars=None, api_keys=None)
    return zlib.compress(_encode(bare), 1)


def request_decode(data: bytes, kind: type[R]) -> R:
    return msgspec.json.decode(zlib.decompress(data), type=kind)


def run_credentials(run: Run) -> dict[str, str]:
    """The provider keys that came with the request; none once the run has ended."""
    if run.sealed_credentials is None:
        return {}
    return msgspec.json.decode(unseal(bytes(run.sealed_credentials)), type=dict[str, str])


def runs_reseal() -> tuple[int, int]:
    """Seals the keys of active runs with the first seal key: how many were, how many no key of
    the server opens. A run that ends meanwhile has none any more."""
    done = lost = 0
    sealed = Run.objects.filter(sealed_credentials__isnull=False).order_by("pk")
    for run_id, data in list(sealed.values_list("pk", "sealed_credentials")):
        anew = reseal(bytes(data or b""))
        if anew is None:
            lost += 1
        elif anew:
            same = Run.objects.filter(pk=run_id, sealed_credentials=data)
            done += same.update(sealed_credentials=anew)
    return done, lost


def run_status_set(run: Run, status: PlanStatus) -> None:
    """What the branch is doing now; a late word of a run that has ended, or is another process's,
    changes nothing."""
    with transaction.atomic():
        if _HELD.first(run_id=run.pk, owner=run.owner) is not None:
            branch_status_set(run.branch_id, status)


def run_iteration_set(run: Run, iteration: int, *, after_reply: bool) -> None:
    """The run asks for its next reply, `after_reply` when this process has received one whole:
    then the processes that died before count no more."""
    changes = {"iteration": iteration} | ({"attempt": 1} if after_reply else {})
    Run.objects.filter(pk=run.pk, finished_at__isnull=True).update(**changes)
    run_status_set(run, PlanStatus.REPLYING)


@dataclass(frozen=True, slots=True)
class Signs:
    """What the rows say to the process that executes runs: whose user asked for a stop, and which
    runs are another's now or, with their plan or branch, gone."""

    stop: frozenset[str]
    lost: frozenset[str]
    gone: frozenset[str] = frozenset()


def run_heartbeat(run_ids: Sequence[str], owner: str) -> Signs:
    """Marks the runs as alive."""
    rows = Run.objects.filter(pk__in=run_ids)
    rows.filter(owner=owner, finished_at__isnull=True).update(heartbeat_at=now())
    known = {
        run_id: (whose == owner, asked_at)
        for run_id, whose, asked_at in rows.values_list("id", "owner", "stop_requested_at")
    }
    return Signs(
        stop=frozenset(run_id for run_id, (ours, asked_at) in known.items() if ours and asked_at),
        lost=frozenset(run_id for run_id in run_ids if not known.get(run_id, (False, None))[0]),
        gone=frozenset(run_ids) - known.keys(),
    )


def run_claim(run_id: str, owner: str, *, silent: Sign | None = None) -> Run | None:
    """Takes a run that nobody executes, or whose owner has given no sign since that one.

    None when another process was quicker, or the run has ended.
    """
    free = Q(owner="")
    if silent is not None:
        free |= Q(owner=silent.owner, heartbeat_at=silent.at)
    moment = now()
    taken = Run.objects.filter(free, pk=run_id, finished_at__isnull=True).update(
        owner=owner,
        heartbeat_at=moment,
        attempt=F("attempt") + 1,
        began_at=Coalesce("began_at", moment),
    )
    return Run.objects.get(pk=run_id) if taken else None


def runs_signs() -> dict[str, Sign]:
    """The last sign of life of every active run."""
    rows = Run.objects.filter(finished_at__isnull=True)
    return {
        run_id: Sign(owner, at)
        for run_id, owner, at in rows.values_list("id", "owner", "heartbeat_at")
    }


def run_release(run: Run) -> None:
    """Gives a run back, for another process to take at once. That is no failed attempt."""
    Run.objects.filter(pk=run.pk, owner=run.owner, finished_at__isnull=True).update(
        owner="", attempt=F("attempt") - 1
    )


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


# -- questions to the user's client ---------------------------------------------------------


def action_open(run: Run, kind: str, payload: object) -> PendingAction:
    return PendingAction.objects.create(run=run, kind=kind, payload=payload)


def action_pending(run_id: str, kind: str) -> PendingAction | None:
    return PendingAction.objects.filter(run_id=run_id, kind=kind, answered_at=None).first()


def action_answer(action: PendingAction, answer: object) -> bool:
    """The first answer wins; a later one is False and changes nothing."""
    return bool(
        PendingAction.objects.filter(pk=action.pk, answered_at__isnull=True).update(
            answer=answer, answered_at=now()
        )
    )


def action_result(action: PendingAction) -> object | None:
    """The answer, or None while there is none."""
    return PendingAction.objects.values_list("answer", flat=True).get(pk=action.pk)
