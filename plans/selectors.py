"""Plans, branches and revisions that a user may reach."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import product
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from orgs.authentication import Auth
from orgs.logic.permissions import Permission
from orgs.models import Membership
from plandex_server import statements
from plandex_server.api.ids import canonical_id
from plandex_server.errors import BadRequest, Forbidden
from plandex_server.prepared import Prepared, Slots
from plans.errors import BranchNotFound, MayNotUpdate, PlanNotFound, RevisionNotFound
from plans.logic.names import MAIN
from plans.logic.versions import SHORT_SHA_LENGTH, short_sha
from plans.models import Branch, Commit, Plan
from projects.models import CurrentPlan, Project
from projects.selectors import plans_in_reach

MOST_PLANS = 10_000
"""A database takes only so many values in one query."""
_SHA = re.compile(r"[0-9a-f]{4,64}")

_PLAN = Prepared(lambda slots: Plan.objects.filter(pk=slots.plan_id))
_BRANCH = Prepared(
    lambda slots: Branch.objects.select_related("plan", "head").filter(
        plan_id=slots.plan_id, name=slots.name
    )
)
_BRANCHES = Prepared(
    lambda slots: (
        Branch.objects.select_related("head", "parent")
        .filter(plan_id=slots.plan_id)
        .order_by("created_at", "pk")
    )
)
_CURRENT_BRANCHES = Prepared(
    lambda slots: Branch.objects.select_related("plan", "head", "parent").filter(
        plan__id__in=slots.plan_ids, name__in=slots.names, plan__project_id=slots.project_id
    )
)
_CURRENT_PLANS = Prepared(
    lambda slots: CurrentPlan.objects.filter(
        user_id=slots.user_id, plan__id__in=slots.plan_ids
    ).values_list("plan_id", "branch")
)
_COUNTERS = Prepared(
    lambda slots: Branch.objects.filter(plan__id__in=slots.plan_ids).values_list(
        "plan_id", "name", "context_tokens", "convo_tokens"
    )
)


def _listed(archived: bool, in_projects: bool, sees_left: bool, slots: Slots) -> QuerySet[Plan]:
    reach = plans_in_reach(user_id=slots.user_id, org_id=slots.org_id, sees_left=sees_left)
    plans = Plan.objects.filter(reach, org_id=slots.org_id, archived_at__isnull=not archived)
    if in_projects:
        plans = plans.filter(project__id__in=slots.project_ids)
    return plans.order_by("-updated_at", "pk")


_LISTED = {
    (archived, in_projects, sees_left): Prepared(partial(_listed, archived, in_projects, sees_left))
    for archived, in_projects, sees_left in product((True, False), repeat=3)
}


def reached(auth: Auth, plans: Collection[Plan]) -> set[str]:
    """The ids of those plans that are in the caller's reach, as `plans_in_reach` says in SQL, where
    it would double the cost of every access to one plan."""
    plans = [plan for plan in plans if plan.org_id == auth.org.id]
    found = {
        plan.pk
        for plan in plans
        if plan.owner_id == auth.user.id or plan.shared_with_org_at is not None
    }
    others = {plan.owner_id for plan in plans if plan.pk not in found}
    if others and auth.may(Permission.UPDATE_ANY_PLAN):
        members = Membership.objects.filter(org_id=auth.org.id, user_id__in=others)
        left = others - set(members.values_list("user_id", flat=True))
        found |= {plan.pk for plan in plans if plan.owner_id in left}
    return found


def plan_get(*, auth: Auth, plan_id: str) -> Plan:
    """A plan in the caller's reach; else `PlanNotFound`."""
    plan = _PLAN.first(plan_id=canonical_id(plan_id))
    if plan is None or not reached(auth, [plan]):
        raise PlanNotFound
    return plan


def plan_get_for(*, auth: Auth, plan_id: str, permission: Permission, msg: str) -> Plan:
    """A plan that the caller owns or holds `permission` on; else `Forbidden` with `msg`."""
    plan = plan_get(auth=auth, plan_id=plan_id)
    plan_require(auth=auth, plan=plan, permission=permission, msg=msg)
    return plan


def plan_require(*, auth: Auth, plan: Plan, permission: Permission, msg: str) -> None:
    if plan.owner_id != auth.user.id and not auth.may(permission):
        raise Forbidden(msg)


def branch_get(*, auth: Auth, plan_id: str, name: str) -> Branch:
    """A branch with its plan and head, in one query."""
    branch = _BRANCH.first(plan_id=canonical_id(plan_id), name=_storable(name))
    if branch is not None and reached(auth, [branch.plan]):
        return branch
    plan_get(auth=auth, plan_id=plan_id)
    raise BranchNotFound(name)


def branch_get_to_update(*, auth: Auth, plan_id: str, name: str) -> Branch:
    """A branch of a plan that the caller may change; else as `branch_get`, or `MayNotUpdate`."""
    branch = branch_get(auth=auth, plan_id=plan_id, name=name)
    update_require(auth=auth, plan=branch.plan)
    return branch


def update_require(*, auth: Auth, plan: Plan) -> None:
    """A shared plan is read by all of the org, and changed by its owner and who may update any."""
    if plan.owner_id != auth.user.id and not auth.may(Permission.UPDATE_ANY_PLAN):
        raise MayNotUpdate


def _storable(name: str) -> str | None:
    """PostgreSQL refuses NUL even in a question."""
    return None if "\0" in name else name


@dataclass(frozen=True, slots=True)
class PlanOverview:
    """A plan with what a list shows of its branches; tokens are the current branch's."""

    plan: Plan
    active_branches: int
    current_branch: str
    context_tokens: int
    convo_tokens: int


def plan_list(
    *, auth: Auth, project_ids: Iterable[str] | None, archived: bool
) -> list[PlanOverview]:
    """The plans in the caller's reach, last changed first, in three queries.

    `project_ids` limits them to projects (unknown ones hold none); None: of all projects.
    """
    values: dict[str, object] = {"user_id": auth.user.id, "org_id": auth.org.id}
    if project_ids is not None:
        values["project_ids"] = [id for one in project_ids if (id := canonical_id(one))]
    sees_left = auth.may(Permission.UPDATE_ANY_PLAN)
    plans = _LISTED[archived, project_ids is not None, sees_left].all(**values)
    return plan_overviews(auth=auth, plans=plans)


def plan_overviews(*, auth: Auth, plans: Sequence[Plan]) -> list[PlanOverview]:
    """Two queries for any number of plans."""
    ids = [plan.pk for plan in plans]
    if not ids:
        return []
    current = dict(_CURRENT_PLANS.all(user_id=auth.user.id, plan_ids=ids))
    shown: dict[str, tuple[str, int, int]] = {}
    count: dict[str, int] = {}
    for plan_id, name, context_tokens, convo_tokens in _COUNTERS.all(plan_ids=ids):
        count[plan_id] = count.get(plan_id, 0) + 1
        if name == current.get(plan_id) or (name == MAIN and plan_id not in shown):
            shown[plan_id] = (name, context_tokens, convo_tokens)
    return [
        PlanOverview(plan, count.get(plan.pk, 0), *shown.get(plan.pk, (MAIN, 0, 0)))
        for plan in plans
    ]


def branch_list(*, auth: Auth, plan_id: str) -> list[Branch]:
    """The plan's branches with their heads and parents, oldest first."""
    plan = plan_get(auth=auth, plan_id=plan_id)
    return _BRANCHES.all(plan_id=plan.pk)


def branches_current(
    *, auth: Auth, project: Project, wanted: Mapping[str, str]
) -> dict[str, Branch]:
    """For each plan id the branch of the wanted name, or else `main`.

    The CLI crashes on a plan of its own that is left out, so archived plans are answered too.
    """
    if len(wanted) > MOST_PLANS:
        raise BadRequest(f"More than {MOST_PLANS} plans in one request")
    ids = {canonical: one for one in wanted if (canonical := canonical_id(one))}
    names = {MAIN, *filter(_storable, wanted.values())}
    branches = _CURRENT_BRANCHES.all(plan_ids=list(ids), names=list(names), project_id=project.pk)
    allowed = reached(auth, [branch.plan for branch in branches])
    found: dict[str, Branch] = {}
    for branch in branches:
        asked = ids[branch.plan_id]
        wins = branch.name == wanted[asked] or (branch.name == MAIN and asked not in found)
        if branch.plan_id in allowed and wins:
            found[asked] = branch
    return found


class LogEntry(NamedTuple):
    sha: str
    message: str
    created_at: datetime


_ANCESTORS = """
WITH RECURSIVE line(id, parent_id, sha, message, created_at, n) AS (
    SELECT id, parent_id, sha, message, created_at, 0 FROM plans_commit WHERE id = %s
    UNION ALL
    SELECT c.id, c.parent_id, c.sha, c.message, c.created_at, line.n + 1
    FROM plans_commit c JOIN line ON c.id = line.parent_id
)
SELECT sha, message, created_at FROM line ORDER BY n
"""


def branch_log(branch: Branch) -> list[LogEntry]:
    """The branch's commits, newest first."""
    if branch.head_id is None:
        return []
    field = Commit._meta.get_field("created_at")
    rows = statements.run(_ANCESTORS, [branch.head_id]).rows
    converters = connection.ops.get_db_converters(field.get_col(Commit._meta.db_table))

    def moment(value: object) -> datetime:
        for convert in converters:
            value = convert(value, None, connection)
        assert isinstance(value, datetime)
        return value

    return [LogEntry(sha, message, moment(created_at)) for sha, message, created_at in rows]


def log_shown(branch: Branch) -> list[LogEntry]:
    """The branch's log with short shas, each long enough to name one commit of the plan."""
    entries = branch_log(branch)
    if not entries:
        return []
    clashing = _shas_alike(branch.plan_id)
    return [entry._replace(sha=short_sha(entry.sha, clashing)) for entry in entries]


_ALIKE = f"""
SELECT sha FROM plans_commit WHERE plan_id = %s AND substr(sha, 1, {SHORT_SHA_LENGTH}) IN (
    SELECT substr(sha, 1, {SHORT_SHA_LENGTH}) FROM plans_commit WHERE plan_id = %s
    GROUP BY 1 HAVING count(*) > 1
)
"""


def _shas_alike(plan_id: str) -> list[str]:
    """The plan's commits whose short shas are not theirs alone; there are hardly ever any."""
    return [sha for (sha,) in statements.run(_ALIKE, [plan_id, plan_id]).rows]


def commit_on_branch(branch: Branch, sha: str) -> Commit:
    """The commit of the branch's own history that `sha`, possibly abbreviated, names."""
    found = _one([entry.sha for entry in branch_log(branch)], sha)
    return Commit.objects.get(plan_id=branch.plan_id, sha=found)


def commit_of_plan(plan: Plan, sha: str) -> Commit:
    """Any commit of the plan that `sha`, possibly abbreviated, names."""
    wanted = sha.lower()
    if not _SHA.fullmatch(wanted):
        raise RevisionNotFound(sha)
    commits = list(Commit.objects.filter(plan=plan, sha__startswith=wanted)[:2])
    if len(commits) != 1:
        raise RevisionNotFound(sha)
    return commits[0]


def _one(shas: list[str], wanted: str) -> str:
    wanted = wanted.lower()
    matches = {sha for sha in shas if sha.startswith(wanted)} if _SHA.fullmatch(wanted) else set()
    if len(matches) != 1:
        raise RevisionNotFound(wanted)
    return matches.pop()
