"""The people of an org."""

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from orgs import serializers as shapes
from orgs.authentication import auth_of
from orgs.errors import LocalModeRefusal
from orgs.logic.permissions import Permission, Role
from orgs.selectors import membership_get, membership_list
from orgs.services.membership import membership_remove, membership_role_set
from plandex_server.api.describe import Answer, describes
from plandex_server.api.views import ApiViewSet, answer, parse
from plandex_server.errors import BadRequest


class PeopleViewSet(ApiViewSet):
    """Base of what local mode refuses to those who signed in: whoever reaches the server may be
    anyone there."""

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if settings.LOCAL_MODE:
            raise LocalModeRefusal("This server runs in local mode, which has a single user.")


class UserViewSet(PeopleViewSet):
    @describes(
        "listUsers",
        "Users",
        "List users in the current org.",
        returns={200: Answer("List of users.", shapes.UsersJson)},
        errors=(403,),
    )
    def list(self, request: Request) -> HttpResponse:
        return answer(shapes.users_json(membership_list(auth_of(request).org)))

    @describes(
        "deleteOrgUser",
        "Users",
        "Remove a user from the org.",
        returns={204: "User removed."},
        errors=(403, 409),
    )
    def destroy(self, request: Request, user_id: str) -> HttpResponse:
        auth = auth_of(request)
        membership = membership_get(org=auth.org, user_id=user_id)
        auth.require(
            Permission.REMOVE_USER,
            f"User does not have permission to remove user with role: {membership.role}",
            target=Role(membership.role),
        )
        membership_remove(membership=membership)
        return answer(status=204)

    @describes(
        "setOrgUserRole",
        "Users",
        "Give a user of the org another role.",
        body=shapes.RoleRequest,
        returns={200: "Role set."},
        errors=(403,),
    )
    def set_role(self, request: Request, user_id: str) -> HttpResponse:
        auth = auth_of(request)
        membership = membership_get(org=auth.org, user_id=user_id)
        role = role_named(parse(request, shapes.RoleRequest, error=shapes.BAD_BODY).org_role_id)
        for target in (Role(membership.role), role):
            auth.require(
                Permission.SET_USER_ROLE,
                f"User does not have permission to set the role of user with role: {target}",
                target=target,
            )
        membership_role_set(membership=membership, role=role)
        return answer()


def role_named(role_id: str) -> Role:
    role = Role.from_id(role_id)
    if role is None:
        raise BadRequest(f"Unknown org role: {role_id}")
    return role
