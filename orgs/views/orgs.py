"""A user's orgs, their roles, and the caller's own settings in one."""

from collections.abc import Sequence

from django.http import HttpResponse
from rest_framework.request import Request

from orgs import serializers as shapes
from orgs.authentication import (
    SessionAuthentication,
    UserAuthentication,
    auth_of,
    user_auth_of,
)
from orgs.logic.permissions import Permission, Role
from orgs.selectors import orgs_accessible
from orgs.services.membership import membership_configure
from orgs.services.orgs import org_create
from plandex_server.api.describe import Answer, describes
from plandex_server.api.views import ApiViewSet, answer, parse


class OrgsViewSet(ApiViewSet):
    """A user's orgs: needs no org."""

    authentication_classes = (UserAuthentication,)

    @describes(
        "listOrgs",
        "Orgs",
        "List organizations the authenticated user belongs to.",
        returns={200: Answer("List of orgs.", Sequence[shapes.OrgJson])},
    )
    def list(self, request: Request) -> HttpResponse:
        auth = user_auth_of(request)
        return answer([shapes.org_json(org) for org in orgs_accessible(auth.user)])

    @describes(
        "createOrg",
        "Orgs",
        "Create a new organization.",
        body=shapes.CreateOrgRequest,
        returns={201: Answer("Org created.", shapes.OrgJson)},
        errors=(403, 409, 422),
    )
    def create(self, request: Request) -> HttpResponse:
        body = parse(request, shapes.CreateOrgRequest, error=shapes.BAD_BODY)
        org = org_create(
            user=user_auth_of(request).user,
            name=body.name,
            auto_add_domain_users=body.auto_add_domain_users,
        )
        return answer(shapes.org_json(org), status=201)


class OrgSessionViewSet(ApiViewSet):
    authentication_classes = (SessionAuthentication,)

    @describes(
        "getOrgSession",
        "Orgs",
        "Return the active org of the authenticated user.",
        returns={200: Answer("Org session details.", shapes.OrgJson)},
    )
    def show(self, request: Request) -> HttpResponse:
        return answer(shapes.org_json(auth_of(request).org))


class OrgUserConfigViewSet(ApiViewSet):
    """The caller's own settings in the org."""

    @describes(
        "getOrgUserConfig",
        "Settings",
        "Get the per-user configuration scoped to the current org.",
        returns={200: Answer("Org user config.", shapes.OrgUserConfigJson)},
    )
    def show(self, request: Request) -> HttpResponse:
        return answer(shapes.org_user_config_json(auth_of(request).membership))

    @describes(
        "updateOrgUserConfig",
        "Settings",
        "Replace the per-user configuration scoped to the current org.",
        body=shapes.OrgUserConfigRequest,
        returns={200: "Org user config updated."},
    )
    def update(self, request: Request) -> HttpResponse:
        body = parse(request, shapes.OrgUserConfigRequest, error=shapes.BAD_BODY)
        membership_configure(membership=auth_of(request).membership, config=body.checked())
        return answer()


class RoleViewSet(ApiViewSet):
    @describes(
        "listOrgRoles",
        "Orgs",
        "List the roles of the org.",
        returns={200: Answer("List of roles.", Sequence[shapes.OrgRoleJson])},
        errors=(403,),
    )
    def list(self, request: Request) -> HttpResponse:
        auth_of(request).require(Permission.LIST_ORG_ROLES, "User cannot list org roles")
        return answer([shapes.role_json(role) for role in Role])
