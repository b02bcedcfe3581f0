"""JSON shapes of projects."""

from typing import TypedDict

from plandex_server.api.body import Body
from plandex_server.api.times import rfc3339
from projects.models import Project


class ProjectNameRequest(Body):
    name: str = ""


class SetPlanRequest(Body):
    plan_id: str = ""
    branch: str = "main"


class ProjectJson(TypedDict):
    id: str
    name: str
    orgId: str
    createdAt: str


def project_json(project: Project) -> ProjectJson:
    return {
        "id": project.id,
        "name": project.name,
        "orgId": project.org_id,
        "createdAt": rfc3339(project.created_at),
    }
