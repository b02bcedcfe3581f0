"""Orgs, their roles and their people."""

from django.http import HttpResponse
from rest_framework.request import Request

from orgs import serializers as shapes
from orgs.authentication import UserAuthentication, auth_of, user_auth_of
from orgs.logic.permissions import Permission, Role
from orgs.selectors import orgs_accessible
from orgs.services.orgs import org_create
from plandex_server.api.views import ApiViewSet, answer, parse


class OrgsViewSet(ApiViewSet):
    """A user's orgs: needs no org."""

    authentication_classes = (UserAuthentication,)

    def list(self, request: Request) -> HttpResponse:
        auth = user_auth_of(request)
        return answer([shapes.org_json(org) for org in orgs_accessible(auth.user)])

    def create(self, request: Request) -> HttpResponse:
        body = parse(request, shapes.CreateOrgRequest)
        org = org_create(
            user=user_auth_of(request).user,
            name=body.name,
            auto_add_domain_users=body.auto_add_domain_users,
        )
        return answer(shapes.org_json(org), status=201)


class OrgViewSet(ApiViewSet):
    """The org that a request names."""

    def session(self, request: Request) -> HttpResponse:
        return answer(shapes.org_json(auth_of(request).org))

    def list_roles(self, request: Request) -> HttpResponse:
        auth_of(request).require(Permission.LIST_ORG_ROLES, "User cannot list org roles")
        return answer([shapes.role_json(role) for role in Role])
