"""JSON shapes of orgs, people and invites."""

from typing import NotRequired, TypedDict

from orgs.logic.permissions import Role
from orgs.models import Org
from plandex_server.api.body import Body
from plandex_server.api.times import rfc3339


class CreateOrgRequest(Body):
    name: str = ""
    auto_add_domain_users: bool = False


class OrgJson(TypedDict):
    id: str
    name: str
    isTrial: bool
    autoAddDomainUsers: bool
    integratedModelsMode: NotRequired[bool]
    createdAt: str


class OrgRoleJson(TypedDict):
    id: str
    isDefault: bool
    label: str
    description: str


def org_json(org: Org) -> OrgJson:
    value: OrgJson = {
        "id": org.id,
        "name": org.name,
        "isTrial": False,
        "autoAddDomainUsers": org.auto_add_domain_users,
        "createdAt": rfc3339(org.created_at),
    }
    if org.integrated_models_mode:
        value["integratedModelsMode"] = True
    return value


_DESCRIPTIONS = {
    Role.OWNER: "Can read and update any plan, invite other owners/admins/members, manage billing "
    "and the org's domain, and delete the org",
    Role.BILLING_ADMIN: "Can manage billing, and work on own plans like a member",
    Role.ADMIN: "Can read and update any plan, and invite other admins/members",
    Role.MEMBER: "Can read and update own plans and plans shared with the org",
}


def role_json(role: Role) -> OrgRoleJson:
    return {
        "id": role.id,
        "isDefault": True,
        "label": role.label,
        "description": _DESCRIPTIONS[role],
    }
