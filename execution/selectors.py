"""Runs that a user may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db.models import Q, QuerySet

from execution.errors import NoActiveRun
from execution.models import Build, Run, RunEvents
from orgs.authentication import Auth
from orgs.models import Budget
from plandex_server.api.ids import canonical_id
from plandex_server.db import now
from plandex_server.errors import NotFound
from plandex_server.prepared import Prepared, Slots
from plans.logic.convo import Subtask
from plans.logic.versions import Kind
from plans.models import Branch
from plans.selectors import branch_get
from plans.services.convo import subtasks_read
from plans.services.summaries import summary_latest
from plans.services.versions import revision_head

RECENT = timedelta(hours=1)


def _shown(recent: bool, in_projects: bool, slots: Slots) -> QuerySet[Run]:
    runs = Run.objects.select_related("branch", "branch__head", "branch__parent", "plan").filter(
        plan__owner_id=slots.user_id,
        plan__org_id=slots.org_id,
        plan__archived_at__isnull=True,
    )
    if in_projects:
        runs = runs.filter(plan__project__id__in=slots.project_ids)
    shown = Q(finished_at__isnull=True)
    if recent:
        shown |= Q(finished_at__gte=slots.since)
    return runs.filter(shown).order_by("created_at")


_SHOWN = {
    (recent, in_projects): Prepared(partial(_shown, recent, in_projects))
    for recent in (True, False)
    for in_projects in (True, False)
}


def run_active(branch: Branch) -> Run:
    """The branch's active run; raises `NoActiveRun`."""
    run = Run.objects.filter(branch=branch, finished_at__isnull=True).first()
    if run is None:
        raise NoActiveRun
    run.branch = branch
    return run


def run_of_branch(branch: Branch, run_id: str) -> Run:
    """One run of the branch, active or ended; without an id the active one, else the newest.
    Raises `NoActiveRun`."""
    runs = Run.objects.filter(branch=branch)
    if run_id:
        found = runs.filter(pk=canonical_id(run_id)).first()
    else:
        found = runs.filter(finished_at__isnull=True).first() or run_latest(branch)
    if found is None:
        raise NoActiveRun
    return found


def run_after(branch: Branch, earlier: Run | None) -> Run | None:
    """The oldest run of the branch that was made after `earlier`; without that the active one."""
    runs = Run.objects.filter(branch=branch)
    if earlier is None:
        return runs.filter(finished_at__isnull=True).first()
    later = runs.filter(created_at__gte=earlier.created_at).exclude(pk=earlier.pk)
    return later.order_by("created_at").first()


def run_is_told(run: Run, number: int) -> bool:
    """Whether the run has ended and has no event after this number."""
    if run.finished_at is None:
        return False
    return not RunEvents.objects.filter(run=run, last__gt=number).exists()


def run_latest(branch: Branch) -> Run | None:
    """The branch's newest run, active or ended."""
    runs = Run.objects.filter(branch=branch).select_related("branch")
    return runs.order_by("-created_at").first()


def runs_of_projects(*, auth: Auth, project_ids: Sequence[str], recent: bool) -> list[Run]:
    """The caller's active runs, with `recent` also those of the last hour; oldest first, of plans
    that are not archived. Without projects those of all."""
    return _SHOWN[recent, bool(project_ids)].all(
        user_id=auth.user.id,
        org_id=auth.org.id,
        project_ids=list(project_ids),
        since=now() - RECENT,
    )


@dataclass(frozen=True, slots=True)
class RunStatus:
    """What a branch is doing and what its newest run did. `builds` are those of that run."""

    branch: Branch
    run: Run | None
    tasks: Sequence[Subtask]
    builds: Sequence[Build]
    summary: str


def run_status(*, auth: Auth, plan_id: str, branch: str) -> RunStatus:
    found = branch_get(auth=auth, plan_id=plan_id, name=branch)
    run = run_latest(found)
    if run is not None:  # as both were at one moment: an ended run leaves no busy branch
        found.status, found.error = run.branch.status, run.branch.error
    return RunStatus(
        branch=found,
        run=run,
        tasks=subtasks_read(revision_head(found)),
        builds=builds_of(run),
        summary=latest_summary(found),
    )


def builds_of(run: Run | None) -> list[Build]:
    """The run's builds, oldest first, without their results."""
    if run is None:
        return []
    return list(Build.objects.filter(run=run).order_by("created_at").defer("result"))


def latest_summary(branch: Branch) -> str:
    """The newest summary of a message that the branch holds; empty without one."""
    here = revision_head(branch).tree(Kind.CONVO)
    latest = summary_latest(plan_id=branch.plan_id, message_ids=list(here))
    return latest.summary if latest is not None else ""


def budget_get(*, org_id: str, budget_id: str) -> Budget:
    budgets = Budget.objects.select_related("org", "user", "plan")
    budget = budgets.filter(org_id=org_id, pk=canonical_id(budget_id)).first()
    if budget is None:
        raise NotFound(f"Budget not found: {budget_id[:100]}")
    return budget
