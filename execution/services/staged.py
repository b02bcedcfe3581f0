"""Builds that no commit holds: finished ones, and those that never will be."""

from django.db.models import QuerySet

from execution.logic.pending import StagedChange, decode_staged
from execution.models import Build, BuildState
from plans.models import Branch, PlanStatus

_ACTIVE = frozenset(
    {
        PlanStatus.REPLYING,
        PlanStatus.MISSING_FILE,
        PlanStatus.DESCRIBING,
        PlanStatus.BUILDING,
    }
)


def staged_of(branch: Branch) -> list[StagedChange]:
    """The finished builds of the branch's active run, which commits them all when it ends."""
    if branch.status not in _ACTIVE:  # most are at rest, and need no query for that
        return []
    return _staged(Build.objects.filter(run__branch=branch, run__finished_at__isnull=True))


def staged_of_run(run_id: str) -> list[StagedChange]:
    """Those that the process which executed the run had finished when it died."""
    return _staged(Build.objects.filter(run_id=run_id))


def _staged(builds: QuerySet[Build]) -> list[StagedChange]:
    done = builds.filter(state=BuildState.DONE, committed=False, result__isnull=False)
    rows = done.order_by("created_at").values_list("result", flat=True)
    return [decode_staged(bytes(result)) for result in rows if result is not None]


def builds_forget(builds: QuerySet[Build]) -> None:
    """Of a run that works on them no more: those that it was at."""
    builds.filter(state=BuildState.RUNNING).delete()
