"""Making and changing projects."""

from orgs.models import Org
from plandex_server.api.names import checked_name
from projects.models import Project


def project_create(*, org: Org, name: str) -> Project:
    return Project.objects.create(org=org, name=checked_name(name))


def project_rename(*, project: Project, name: str) -> Project:
    project.name = checked_name(name)
    project.save(update_fields=["name", "updated_at"])
    return project
