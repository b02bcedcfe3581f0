"""Reading projects; every access goes through here."""

from django.db.models import Q

from orgs.authentication import Auth
from plandex_server.api.ids import canonical_id
from plandex_server.prepared import Prepared
from projects.errors import PlanNotFound, ProjectNotFound
from projects.models import Project

_IN_ORG = Prepared(lambda slots: Project.objects.filter(org_id=slots.org_id, pk=slots.project_id))


def project_get(*, auth: Auth, project_id: str) -> Project:
    """The project of the caller's org; else 404."""
    project = _IN_ORG.first(org_id=auth.org.id, project_id=canonical_id(project_id))
    if project is None:
        raise ProjectNotFound("project does not exist in org")
    return project


def project_list(*, auth: Auth) -> list[Project]:
    return list(Project.objects.filter(org=auth.org).order_by("created_at", "pk"))


def plan_id_in_project(*, auth: Auth, project: Project, plan_id: str, branch: str) -> str:
    """The id of a plan of the project that the caller may work on, with that branch; else 404."""
    mine = Q(owner=auth.user) | Q(shared_with_org_at__isnull=False)
    plan = project.plans.filter(mine, pk=canonical_id(plan_id), branches__name=branch).first()
    if plan is None:
        raise PlanNotFound("The project has no such plan or branch")
    return plan.id
