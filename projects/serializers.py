"""JSON shapes of projects."""

from typing import Annotated, TypedDict

import msgspec

from plandex_server.api.body import Body, Needed, Storable, StoredBody
from plandex_server.api.names import Name
from plandex_server.api.times import Time, rfc3339
from projects.models import Project


class ProjectNameRequest(Body):
    name: Name = ""


class SetPlanRequest(StoredBody):
    plan_id: Annotated[Needed[Storable], msgspec.Meta(extra_json_schema={"minLength": 1})] = ""
    branch: Storable = "main"


class ProjectJson(TypedDict):
    id: str
    name: str
    orgId: str
    createdAt: Time


def project_json(project: Project) -> ProjectJson:
    return {
        "id": project.id,
        "name": project.name,
        "orgId": project.org_id,
        "createdAt": rfc3339(project.created_at),
    }
