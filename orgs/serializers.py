"""JSON shapes of orgs, people and invites."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NotRequired, TypedDict

import msgspec

from accounts.models import User
from accounts.serializers import Address
from orgs.logic.permissions import Role
from orgs.models import AuditEvent, Invite, Membership, Org
from plandex_server.api.body import NEEDED, StoredBody
from plandex_server.api.names import Name, OptionalName
from plandex_server.api.times import ZERO_TIME, Time, moment_of, rfc3339
from plandex_server.errors import BadRequest

BAD_BODY = "Error unmarshalling request"


RoleId = Annotated[
    str, msgspec.Meta(extra_json_schema={NEEDED: True, "enum": [role.id for role in Role]})
]


class CreateOrgRequest(StoredBody):
    name: Name = ""
    auto_add_domain_users: bool = False


class InviteRequest(StoredBody):
    email: Address = ""
    name: OptionalName = ""
    org_role_id: RoleId = ""


class RoleRequest(StoredBody):
    org_role_id: RoleId = ""


class OrgUserConfigRequest(StoredBody):
    """The time stays text: the CLI sends the year 1 for "never", which no zone can convert."""

    prompted_claude_max: bool = False
    use_claude_subscription: bool = False
    claude_subscription_cooldown_started_at: Time = ZERO_TIME

    def checked(self) -> "OrgUserConfigJson":
        """What is stored; a time that the CLI could not read again is refused."""
        moment = self.claude_subscription_cooldown_started_at
        if moment_of(moment) is None:
            raise BadRequest(f"claudeSubscriptionCooldownStartedAt is no RFC 3339 time: {moment}")
        return {
            "promptedClaudeMax": self.prompted_claude_max,
            "useClaudeSubscription": self.use_claude_subscription,
            "claudeSubscriptionCooldownStartedAt": moment,
        }


class OrgJson(TypedDict):
    id: str
    name: str
    isTrial: bool
    autoAddDomainUsers: bool
    integratedModelsMode: NotRequired[bool]
    createdAt: Time


class SessionJson(TypedDict):
    userId: str
    token: str
    email: str
    userName: str
    orgs: list[OrgJson]
    isLocalMode: bool


class OrgRoleJson(TypedDict):
    id: str
    isDefault: bool
    label: str
    description: str


class OrgUserConfigJson(TypedDict):
    promptedClaudeMax: bool
    useClaudeSubscription: bool
    claudeSubscriptionCooldownStartedAt: Time


class UserJson(TypedDict):
    id: str
    name: str
    email: str
    isTrial: bool
    numNonDraftPlans: int
    defaultPlanConfig: NotRequired[Mapping[str, Any]]


class OrgUserJson(TypedDict):
    orgId: str
    userId: str
    orgRoleId: str
    config: NotRequired[OrgUserConfigJson]


class UsersJson(TypedDict):
    users: list[UserJson]
    orgUsersByUserId: dict[str, OrgUserJson]


class InviteJson(TypedDict):
    id: str
    orgId: str
    email: str
    name: str
    orgRoleId: str
    inviterId: str
    inviteeId: str | None
    acceptedAt: Time | None
    createdAt: Time


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


def session_json(*, user: User, token: str, orgs: Iterable[Org], local_mode: bool) -> SessionJson:
    return {
        "userId": user.id,
        "token": token,
        "email": user.email,
        "userName": user.name,
        "orgs": [org_json(org) for org in orgs],
        "isLocalMode": local_mode,
    }


_DESCRIPTIONS = {
    Role.OWNER: "Can update any plan shared with the org, invite and remove everybody, manage "
    "billing and the org's domain, and delete the org",
    Role.BILLING_ADMIN: "Can manage billing, and work on own plans like a member",
    Role.ADMIN: "Can update any plan shared with the org, and invite and remove admins/members",
    Role.MEMBER: "Can update own plans, and read plans shared with the org",
}


def role_json(role: Role) -> OrgRoleJson:
    return {
        "id": role.id,
        "isDefault": True,
        "label": role.label,
        "description": _DESCRIPTIONS[role],
    }


def users_json(memberships: Sequence[Membership]) -> UsersJson:
    """Every user has its entry in the map: the CLI looks it up unseen."""
    return {
        "users": [_user_json(membership.user) for membership in memberships],
        "orgUsersByUserId": {
            membership.user_id: _org_user_json(membership) for membership in memberships
        },
    }


def _user_json(user: User) -> UserJson:
    value: UserJson = {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "isTrial": False,
        "numNonDraftPlans": user.num_non_draft_plans,
    }
    if user.default_plan_config is not None:
        value["defaultPlanConfig"] = user.default_plan_config
    return value


def _org_user_json(membership: Membership) -> OrgUserJson:
    value: OrgUserJson = {
        "orgId": membership.org_id,
        "userId": membership.user_id,
        "orgRoleId": Role(membership.role).id,
    }
    if membership.config is not None:
        value["config"] = org_user_config_json(membership)
    return value


def org_user_config_json(membership: Membership) -> OrgUserConfigJson:
    stored = membership.config or {}
    return {
        "promptedClaudeMax": bool(stored.get("promptedClaudeMax", False)),
        "useClaudeSubscription": bool(stored.get("useClaudeSubscription", False)),
        "claudeSubscriptionCooldownStartedAt": stored.get(
            "claudeSubscriptionCooldownStartedAt", ZERO_TIME
        ),
    }


def invite_json(invite: Invite) -> InviteJson:
    return {
        "id": invite.id,
        "orgId": invite.org_id,
        "email": invite.email,
        "name": invite.name,
        "orgRoleId": Role(invite.role).id,
        "inviterId": invite.inviter_id,
        "inviteeId": invite.invitee_id,
        "acceptedAt": rfc3339(invite.accepted_at) if invite.accepted_at else None,
        "createdAt": rfc3339(invite.created_at),
    }


class AuditEventJson(TypedDict):
    """`via` is cli, api, admin, command or server. What belongs to no org has an empty `orgId`."""

    id: int
    at: Time
    orgId: str
    actorId: str
    actor: str
    action: str
    targetKind: str
    targetId: str
    target: str
    via: str
    network: str
    details: Mapping[str, object]


def audit_json(event: AuditEvent) -> AuditEventJson:
    return {
        "id": event.pk,
        "at": rfc3339(event.at),
        "orgId": event.org_id,
        "actorId": event.actor_id,
        "actor": event.actor,
        "action": event.action,
        "targetKind": event.target_kind,
        "targetId": event.target_id,
        "target": event.target,
        "via": event.via,
        "network": event.network,
        "details": event.details,
    }


def audit_cells(event: AuditEvent) -> tuple[object, ...]:
    return (
        event.pk,
        rfc3339(event.at),
        event.actor,
        event.action,
        event.target_kind,
        event.target_id,
        event.target,
        event.via,
        event.network,
        json.dumps(event.details, sort_keys=True) if event.details else "",
    )
