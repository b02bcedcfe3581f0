"""Reading projects; every access goes through here."""

from django.db.models import Q

from orgs.authentication import Auth
from plandex_server.api.ids import canonical_id
from projects.errors import PlanNotFound, ProjectNotFound
from projects.models import Project


def project_get(*, auth: Auth, project_id: str) -> Project:
    """The project of the caller's org; else 404."""
    project = Project.objects.filter(org=auth.org, pk=canonical_id(project_id)).first()
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
