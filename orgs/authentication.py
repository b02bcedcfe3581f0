"""Who sends a request, and for which org: one function for DRF views and streaming views.

A bearer is either a JWT (`Bearer <jwt>`, org from `X-Org-Id` or the user's only org) or the CLI's
envelope: URL-safe base64 of `{"token", "orgId", "hash"}` around such a token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, overload

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import AuthToken, User
from accounts.tokens import token_find
from orgs.credentials import ORG_HEADER, Credentials, credentials_of, known_org_hash
from orgs.errors import AuthOutdated, NoOrg, NotAMember, OrgNotNamed, TooManyFromUser
from orgs.logic.permissions import Permission, Role, may
from orgs.models import Membership, Org
from orgs.seats import Seat, seats_find
from orgs.services.membership import pending_invite_accept
from plandex_server.api.ids import canonical_id
from plandex_server.errors import Forbidden
from plandex_server.origin import origin_is_by
from plandex_server.rates import rates


@dataclass(frozen=True, slots=True)
class UserAuth:
    """A signed-in user, where no org is needed."""

    user: User
    token: AuthToken


@dataclass(frozen=True, slots=True)
class Auth:
    """A signed-in user in one of the user's orgs."""

    user: User
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
def authenticate(
    headers: Mapping[str, str],
    *,
    org: Literal[True] = True,
    outdated_passes: bool = False,
    counted: bool = True,
) -> Auth: ...
@overload
def authenticate(
    headers: Mapping[str, str],
    *,
    org: Literal[False],
    outdated_passes: bool = False,
    counted: bool = True,
) -> UserAuth: ...
def authenticate(
    headers: Mapping[str, str],
    *,
    org: bool = True,
    outdated_passes: bool = False,
    counted: bool = True,
) -> Auth | UserAuth:
    """The sender, mostly in one query. Naming an org that has invited the user joins it.

    A CLI that knows the org's `integratedModelsMode` wrongly is told so by `AuthOutdated`, unless
    `outdated_passes`. What the server asks by itself, about a connection that is open, is not
    `counted` as a request of the user's.
    """
    credentials = credentials_of(headers)
    if not org:
        token = token_find(credentials.token)
        origin_is_by(token.user.id, token.user.email)
        if counted:
            _check_rate(token.user)
        return UserAuth(user=token.user, token=token)
    token_id, membership = _seat(credentials)
    if counted:
        _check_rate(membership.user)
    if not outdated_passes and _is_outdated(membership.org, credentials.org_hash):
        _tell_outdated(token_id, membership.org)
    return Auth(user=membership.user, org=membership.org, membership=membership)


def _check_rate(user: User) -> None:
    limit = settings.USER_REQUESTS_PER_MINUTE
    seconds = rates().wait_for(user.id, limit) if limit else 0
    if seconds:
        raise TooManyFromUser(
            f"You have sent more than {limit} requests in a minute; "
            f"wait {seconds} second{'' if seconds == 1 else 's'}",
            details={"retryAfter": seconds},
        )


def _seat(credentials: Credentials) -> Seat:
    """Who is found to be no member costs more queries: there may be an invite, and else the reason
    is told.
    """
    org_id = credentials.org_id
    if org_id is not None:
        org_id = canonical_id(org_id) or ""
    seats = seats_find(credentials.token, org_id) if org_id != "" else []
    if len(seats) == 1:
        user = seats[0].membership.user
        origin_is_by(user.id, user.email)
        return seats[0]
    token = token_find(credentials.token)
    origin_is_by(token.user.id, token.user.email)
    if credentials.org_id == "" or (org_id is None and not seats):
        raise NoOrg("no org id")
    if org_id is None:
        raise OrgNotNamed(f"You are in several orgs; name one in the header {ORG_HEADER}.")
    membership = pending_invite_accept(user=token.user, org_id=org_id) if org_id else None
    if membership is None:
        raise NotAMember("not a member of org")
    return Seat(token.pk, membership)


def _is_outdated(org: Org, org_hash: str) -> bool:
    """Whether the CLI remembers this org with the other mode; a renamed org does not count."""
    other_mode = not org.integrated_models_mode
    return bool(org_hash) and org_hash == known_org_hash(
        org.name, integrated_models_mode=other_mode
    )


def _tell_outdated(token_id: str, org: Org) -> None:
    """The CLI answers by fetching its org and repeating its call, without a limit.

    So each sign-in hears of a value once: should its fetch not help, its next call goes through.
    """
    mode = org.integrated_models_mode
    untold = AuthToken.objects.filter(pk=token_id).exclude(told_integrated_models_mode=mode)
    if untold.update(told_integrated_models_mode=mode):
        raise AuthOutdated("The org's settings have changed")


class TokenAuthentication(BaseAuthentication):
    """The default of every endpoint: `request.auth` is an `Auth`."""

    needs_org = True

    def authenticate(self, request: Request) -> tuple[User, Auth | UserAuth]:
        auth = authenticate(request.headers)
        return auth.user, auth

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionAuthentication(TokenAuthentication):
    """For the endpoint that tells the CLI about its org: what it has outdated does not matter."""

    def authenticate(self, request: Request) -> tuple[User, Auth | UserAuth]:
        auth = authenticate(request.headers, outdated_passes=True)
        return auth.user, auth


class UserAuthentication(TokenAuthentication):
    """For endpoints that need no org: `request.auth` is a `UserAuth`."""

    needs_org = False

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
