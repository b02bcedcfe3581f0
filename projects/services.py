"""Making and changing projects."""

from accounts.models import User
from orgs.models import Org
from plandex_server.api.names import checked_name
from projects.models import CurrentPlan, Project


def project_create(*, org: Org, name: str) -> Project:
    return Project.objects.create(org=org, name=checked_name(name))


def project_rename(*, project: Project, name: str) -> Project:
    project.name = checked_name(name)
    project.save(update_fields=["name", "updated_at"])
    return project


def current_plan_set(*, project: Project, user: User, plan_id: str, branch: str) -> CurrentPlan:
    """Remembers which plan and branch the user works on; the caller has checked access to it."""
    current, _ = CurrentPlan.objects.update_or_create(
        project=project, user=user, defaults={"plan_id": plan_id, "branch": branch}
    )
    return current
