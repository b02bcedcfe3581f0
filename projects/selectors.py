"""Reading projects; every access goes through here."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q

from orgs.authentication import Auth
from orgs.logic.permissions import Permission
from orgs.models import Membership
from plandex_server.api.ids import canonical_id
from plandex_server.prepared import Prepared
from projects.errors import PlanNotFound, ProjectNotFound
from projects.models import Project

NO_PROJECT = "project does not exist in org"
_IN_ORG = Prepared(lambda slots: Project.objects.filter(org_id=slots.org_id, pk=slots.project_id))


def project_get(*, auth: Auth, project_id: str) -> Project:
    """The project of the caller's org; else 404."""
    project = _IN_ORG.first(org_id=auth.org.id, project_id=canonical_id(project_id))
    if project is None:
        raise ProjectNotFound(NO_PROJECT)
    return project


def project_ids_checked(*, auth: Auth, project_ids: Iterable[str]) -> list[str]:
    """The ids as they are stored; 404 unless the caller's org has all these projects."""
    asked = {canonical_id(project_id) for project_id in project_ids}
    ids = [id for id in asked if id is not None]
    if ids and Project.objects.filter(org=auth.org, pk__in=ids).count() == len(asked):
        return ids
    raise ProjectNotFound(NO_PROJECT)


def project_list(*, auth: Auth) -> list[Project]:
    return list(Project.objects.filter(org=auth.org).order_by("created_at", "pk"))


def plans_in_reach(*, user_id: Any, org_id: Any, sees_left: bool) -> Q:
    """The plans of an org that a user may see: the user's own, those shared with the org, and with
    `sees_left` those of users who left. The ids may be slots of a prepared query."""
    reach = Q(owner_id=user_id) | Q(shared_with_org_at__isnull=False)
    if not sees_left:
        return reach
    members = Membership.objects.filter(org_id=org_id, user_id=OuterRef("owner_id"))
    return reach | ~Q(Exists(members))


def plan_id_in_project(*, auth: Auth, project: Project, plan_id: str, branch: str) -> str:
    """The id of a plan of the project that the caller may work on, with that branch; else 404."""
    sees_left = auth.may(Permission.UPDATE_ANY_PLAN)
    reach = plans_in_reach(user_id=auth.user.id, org_id=auth.org.id, sees_left=sees_left)
    plans = project.plans.filter(reach)
    plan = plans.filter(pk=canonical_id(plan_id), branches__name=branch).first()
    if plan is None:
        raise PlanNotFound("The project has no such plan or branch")
    return plan.id
