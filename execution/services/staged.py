"""Builds that no commit holds: finished ones, and those that never will be."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet

from execution.logic.pending import StagedChange, decode_staged
from execution.models import Build, BuildState
from plandex_server.prepared_writes import PreparedInsert
from plans.models import Branch, PlanStatus

_PUT = PreparedInsert(
    Build,
    conflict="(id) DO UPDATE SET state = excluded.state, error = excluded.error,"
    " result = excluded.result, created_at = excluded.created_at",
)
_ACTIVE = frozenset(
    {
        PlanStatus.REPLYING,
        PlanStatus.MISSING_FILE,
        PlanStatus.DESCRIBING,
        PlanStatus.BUILDING,
    }
)


def build_put(build: Build, given_up: Collection[str] = ()) -> None:
    """Writes a build's row, or what became of it since it began, and in the same step of which
    replies it overtook the failures on its path: so a process that dies keeps both or none."""
    if not given_up:
        _PUT.one(build)
        return
    with transaction.atomic():
        _PUT.one(build)
        failed = Build.objects.filter(
            run_id=build.run_id, path=build.path, state=BuildState.FAILED, message_id__in=given_up
        )
        failed.update(state=BuildState.GIVEN_UP)


def given_up_of_run(run_id: str) -> set[tuple[str, str]]:
    """The failures, by reply and path, that nobody wants built any more."""
    rows = Build.objects.filter(run_id=run_id, state=BuildState.GIVEN_UP)
    return set(rows.values_list("message_id", "path"))


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
