"""Plans, branches and revisions that a user may reach."""

import re
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from orgs.authentication import Auth
from orgs.logic.permissions import Permission
from plandex_server.errors import Forbidden
from plans.errors import BranchNotFound, PlanNotFound, RevisionNotFound
from plans.models import Branch, Commit, Plan

_SHA = re.compile(r"[0-9a-f]{4,64}")


def reachable(auth: Auth, *, prefix: str = "") -> Q:
    """Plans of the caller's org that are the caller's own or shared with the org.

    The plans of a user who left the org are in reach of those who may update any plan. `prefix`
    asks it of rows that refer to plans (`plan__`).
    """

    def where(**condition: object) -> Q:
        return Q(**{prefix + name: value for name, value in condition.items()})

    mine = where(owner_id=auth.user.id) | where(shared_with_org_at__isnull=False)
    if auth.may(Permission.UPDATE_ANY_PLAN):
        mine |= ~where(owner__memberships__org_id=auth.org.id)
    return where(org_id=auth.org.id) & mine


def plan_get(*, auth: Auth, plan_id: str) -> Plan:
    """A plan in the caller's reach; else `PlanNotFound`."""
    plan = Plan.objects.filter(reachable(auth), id=plan_id).first() if "\0" not in plan_id else None
    if plan is None:
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
    if "\0" not in plan_id + name:
        branch = (
            Branch.objects.select_related("plan", "head")
            .filter(reachable(auth, prefix="plan__"), plan_id=plan_id, name=name)
            .first()
        )
        if branch is not None:
            return branch
    plan_get(auth=auth, plan_id=plan_id)
    raise BranchNotFound(name)


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
    with connection.cursor() as cursor:
        cursor.execute(_ANCESTORS, [branch.head_id])
        rows = cursor.fetchall()
    converters = connection.ops.get_db_converters(field.get_col(Commit._meta.db_table))

    def moment(value: object) -> datetime:
        for convert in converters:
            value = convert(value, None, connection)
        assert isinstance(value, datetime)
        return value

    return [LogEntry(sha, message, moment(created_at)) for sha, message, created_at in rows]


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
