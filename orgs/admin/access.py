"""What the roles of a member of staff allow in the admin: the same as over the API."""

from django.http import HttpRequest

from orgs.logic.permissions import Permission, Role, may
from plandex_server.admin.scoping import is_superuser, managed_orgs


def staff_may(
    request: HttpRequest, permission: Permission, *, org_id: str, target: Role | None = None
) -> bool:
    """Whether the person may do this in the org. A superuser may do what an owner may."""
    if is_superuser(request):
        return True
    role = managed_orgs(request).get(org_id)
    return role is not None and may(Role(role), permission, target=target)


def staff_may_somewhere(request: HttpRequest, permission: Permission) -> bool:
    """Whether the person may do this in any org, to anyone: what decides about a whole page."""
    if is_superuser(request):
        return True
    roles = {Role(role) for role in managed_orgs(request).values()}
    return any(may(role, permission, target=Role.MEMBER) for role in roles)
