"""Who sends a request, and for which org: one function for DRF views and streaming views.

A bearer is either a JWT (`Bearer <jwt>`, org from `X-Org-Id` or the user's only org) or the CLI's
envelope: URL-safe base64 of `{"token", "orgId", "hash"}` around such a token.
"""

from dataclasses import dataclass

from accounts.models import AuthToken, User
from orgs.logic.permissions import Permission, Role, may
from orgs.models import Membership, Org
from plandex_server.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Auth:
    """A signed-in user; `org` and `membership` are set where the endpoint needs an org."""

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
