"""Projects."""

from collections.abc import Sequence

from django.http import HttpResponse
from rest_framework.request import Request

from orgs.authentication import auth_of
from orgs.logic.permissions import Permission
from plandex_server.api.describe import Answer, describes
from plandex_server.api.views import ApiViewSet, answer, parse
from plandex_server.errors import BadRequest
from projects import serializers as shapes
from projects.selectors import plan_id_in_project, project_get, project_list
from projects.services import current_plan_set, project_create, project_rename


class ProjectViewSet(ApiViewSet):
    @describes(
        "listProjects",
        "Projects",
        "List projects in the current org.",
        returns={200: Answer("List of projects.", Sequence[shapes.ProjectJson])},
    )
    def list(self, request: Request) -> HttpResponse:
        projects = project_list(auth=auth_of(request))
        return answer([shapes.project_json(project) for project in projects])

    @describes(
        "createProject",
        "Projects",
        "Create a new project container for plans.",
        body=shapes.ProjectNameRequest,
        returns={201: Answer("Project created.", shapes.ProjectJson)},
        errors=(403,),
    )
    def create(self, request: Request) -> HttpResponse:
        auth = auth_of(request)
        auth.require(Permission.CREATE_PROJECT, "User cannot create a project")
        body = parse(request, shapes.ProjectNameRequest)
        project = project_create(org=auth.org, name=body.name)
        return answer(shapes.project_json(project), status=201)

    @describes(
        "projectSetPlan",
        "Projects",
        "Set the caller's active plan for a project.",
        body=shapes.SetPlanRequest,
        returns={200: "Active plan set."},
    )
    def set_plan(self, request: Request, project_id: str) -> HttpResponse:
        auth = auth_of(request)
        project = project_get(auth=auth, project_id=project_id)
        body = parse(request, shapes.SetPlanRequest)
        if not body.plan_id:
            raise BadRequest("planId field is required")
        plan_id = plan_id_in_project(
            auth=auth, project=project, plan_id=body.plan_id, branch=body.branch
        )
        current_plan_set(project=project, user=auth.user, plan_id=plan_id, branch=body.branch)
        return answer()

    @describes(
        "renameProject",
        "Projects",
        "Rename an existing project.",
        body=shapes.ProjectNameRequest,
        returns={200: "Project renamed."},
        errors=(403,),
    )
    def rename(self, request: Request, project_id: str) -> HttpResponse:
        auth = auth_of(request)
        project = project_get(auth=auth, project_id=project_id)
        auth.require(Permission.RENAME_ANY_PROJECT, "User cannot rename this project")
        body = parse(request, shapes.ProjectNameRequest)
        project_rename(project=project, name=body.name)
        return answer()
