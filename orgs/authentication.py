"""Who sends a request, and for which org: one function for DRF views and streaming views.

A bearer is either a JWT (`Bearer <jwt>`, org from `X-Org-Id` or the user's only org) or the CLI's
envelope: URL-safe base64 of `{"token", "orgId", "hash"}` around such a token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, overload

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import AuthToken, User
from accounts.tokens import token_find
from orgs.credentials import ORG_HEADER, Credentials, credentials_of
from orgs.errors import NoOrg, NotAMember, OrgNotNamed
from orgs.logic.permissions import Permission, Role, may
from orgs.models import Membership, Org
from orgs.services.membership import pending_invite_accept
from plandex_server.api.ids import canonical_id
from plandex_server.errors import Forbidden


@dataclass(frozen=True, slots=True)
class UserAuth:
    """A signed-in user, where no org is needed."""

    user: User
    token: AuthToken


@dataclass(frozen=True, slots=True)
class Auth:
    """A signed-in user in one of the user's orgs."""

    user: User
    token: AuthToken
    org: Org
    membership: Membership

    @property
    def role(self) -> Role:
        return Role(self.membership.role)

    def may(self, permission: Permission, *, target: Role | None = None) -> bool:
        return may(self.role, permission, target=target)

    def require(self, permission: Permission, msg: str, *, target: Role | None = None) -> None:
        if not self.may(permission, target=target):
            raise Forbidden(msg)


@overload
def authenticate(headers: Mapping[str, str], *, org: Literal[True] = True) -> Auth: ...
@overload
def authenticate(headers: Mapping[str, str], *, org: Literal[False]) -> UserAuth: ...
def authenticate(headers: Mapping[str, str], *, org: bool = True) -> Auth | UserAuth:
    """The sender, in two queries at most. Naming an org that has invited the user joins it."""
    credentials = credentials_of(headers)
    token = token_find(credentials.token)
    if not org:
        return UserAuth(user=token.user, token=token)
    membership = _membership(token.user, credentials)
    return Auth(user=token.user, token=token, org=membership.org, membership=membership)


def _membership(user: User, credentials: Credentials) -> Membership:
    if credentials.org_id == "":
        raise NoOrg("no org id")
    memberships = Membership.objects.select_related("org").filter(user=user)
    if credentials.org_id is None:
        return _only(list(memberships[:2]))
    org_id = canonical_id(credentials.org_id)
    membership = memberships.filter(org_id=org_id).first() if org_id else None
    if membership is None and org_id:
        membership = pending_invite_accept(user=user, org_id=org_id)
    if membership is None:
        raise NotAMember("not a member of org")
    return membership


def _only(memberships: list[Membership]) -> Membership:
    if not memberships:
        raise NoOrg("no org id")
    if len(memberships) > 1:
        raise OrgNotNamed(f"You are in several orgs; name one in the header {ORG_HEADER}.")
    return memberships[0]


class TokenAuthentication(BaseAuthentication):
    """The default of every endpoint: `request.auth` is an `Auth`."""

    def authenticate(self, request: Request) -> tuple[User, Auth | UserAuth]:
        auth = authenticate(request.headers)
        return auth.user, auth

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class UserAuthentication(TokenAuthentication):
    """For endpoints that need no org: `request.auth` is a `UserAuth`."""

    def authenticate(self, request: Request) -> tuple[User, Auth | UserAuth]:
        auth = authenticate(request.headers, org=False)
        return auth.user, auth


def auth_of(request: Request) -> Auth:
    """`request.auth` with its type, for views that need an org."""
    assert isinstance(request.auth, Auth), "the view does not authenticate for an org"
    return request.auth


def user_auth_of(request: Request) -> UserAuth:
    assert isinstance(request.auth, UserAuth), "the view does not authenticate for a user alone"
    return request.auth
