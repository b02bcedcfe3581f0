"""Who executes a run: claims, signs of life, and giving a run back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce

from execution.logic.silence import Sign
from execution.models import Run
from plandex_server.db import now
from plandex_server.prepared import Prepared
from plandex_server.prepared_writes import PreparedUpdate


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
    moment = now()
    taken = _TAKEN.run(run_id=run_id, owner=owner, now=moment)
    if not taken and silent is not None:
        theirs = Run.objects.filter(owner=silent.owner, heartbeat_at=silent.at)
        taken = theirs.filter(pk=run_id, finished_at__isnull=True).update(**_taking(owner, moment))
    return _RUN.first(run_id=run_id) if taken else None


def _taking(owner: Any, moment: Any) -> dict[str, Any]:
    return {
        "owner": owner,
        "heartbeat_at": moment,
        "attempt": F("attempt") + 1,
        "began_at": Coalesce("began_at", moment),
    }


_TAKEN = PreparedUpdate(
    lambda slots: (
        Run.objects.filter(pk=slots.run_id, owner="", finished_at__isnull=True),
        _taking(slots.owner, slots.now),
    )
)
_RUN = Prepared(lambda slots: Run.objects.filter(pk=slots.run_id))


def runs_signs(run_ids: Sequence[str] | None = None) -> dict[str, Sign]:
    """The last sign of life of every active run, or of those of them."""
    rows = Run.objects.filter(finished_at__isnull=True)
    if run_ids is not None:
        rows = rows.filter(pk__in=run_ids)
    return {
        run_id: Sign(owner, at)
        for run_id, owner, at in rows.values_list("id", "owner", "heartbeat_at")
    }


def run_release(run: Run) -> None:
    """Gives a run back, for another process to take at once. That is no failed attempt."""
    Run.objects.filter(pk=run.pk, owner=run.owner, finished_at__isnull=True).update(
        owner="", attempt=F("attempt") - 1
    )
