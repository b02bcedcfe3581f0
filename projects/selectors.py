"""Reading projects; every access goes through here."""

from orgs.authentication import Auth
from plandex_server.api.ids import canonical_id
from projects.errors import ProjectNotFound
from projects.models import Project


def project_get(*, auth: Auth, project_id: str) -> Project:
    """The project of the caller's org; else 404."""
    project = Project.objects.filter(org=auth.org, pk=canonical_id(project_id)).first()
    if project is None:
        raise ProjectNotFound("project does not exist in org")
    return project


def project_list(*, auth: Auth) -> list[Project]:
    return list(Project.objects.filter(org=auth.org).order_by("created_at", "pk"))
