"""Projects."""

from django.http import HttpResponse
from rest_framework.request import Request

from orgs.authentication import auth_of
from orgs.logic.permissions import Permission
from plandex_server.api.views import ApiViewSet, answer, parse
from projects import serializers as shapes
from projects.selectors import project_get, project_list
from projects.services import project_create, project_rename


class ProjectViewSet(ApiViewSet):
    def list(self, request: Request) -> HttpResponse:
        projects = project_list(auth=auth_of(request))
        return answer([shapes.project_json(project) for project in projects])

    def create(self, request: Request) -> HttpResponse:
        auth = auth_of(request)
        auth.require(Permission.CREATE_PROJECT, "User cannot create a project")
        body = parse(request, shapes.ProjectNameRequest)
        project = project_create(org=auth.org, name=body.name)
        return answer(shapes.project_json(project), status=201)

    def rename(self, request: Request, project_id: str) -> HttpResponse:
        auth = auth_of(request)
        project = project_get(auth=auth, project_id=project_id)
        auth.require(Permission.RENAME_ANY_PROJECT, "User cannot rename this project")
        body = parse(request, shapes.ProjectNameRequest)
        project_rename(project=project, name=body.name)
        return answer()
