"""Roles and what each may do. A permission on people is tied to the role of the person."""

from enum import StrEnum


class Role(StrEnum):
    OWNER = "owner"
    BILLING_ADMIN = "billing_admin"
    ADMIN = "admin"
    MEMBER = "member"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").title()

    @property
    def id(self) -> str:
        """The id that the CLI knows the role by; the same on every server."""
        return _ROLE_IDS[self]

    @classmethod
    def from_id(cls, role_id: str) -> "Role | None":
        return next((role for role, known in _ROLE_IDS.items() if known == role_id), None)


_ROLE_IDS = {
    Role.OWNER: "0b6f2a52-6f0e-4f6e-9d8e-5a3d1c0a7e01",
    Role.BILLING_ADMIN: "0b6f2a52-6f0e-4f6e-9d8e-5a3d1c0a7e02",
    Role.ADMIN: "0b6f2a52-6f0e-4f6e-9d8e-5a3d1c0a7e03",
    Role.MEMBER: "0b6f2a52-6f0e-4f6e-9d8e-5a3d1c0a7e04",
}


class Permission(StrEnum):
    DELETE_ORG = "delete_org"
    MANAGE_EMAIL_DOMAIN_AUTH = "manage_email_domain_auth"
    MANAGE_BILLING = "manage_billing"
    VIEW_ALL_USAGE = "view_all_usage"
    MANAGE_PROVIDER_KEYS = "manage_provider_keys"
    VIEW_AUDIT_LOG = "view_audit_log"
    INVITE_USER = "invite_user"
    REMOVE_USER = "remove_user"
    SET_USER_ROLE = "set_user_role"
    LIST_ORG_ROLES = "list_org_roles"
    CREATE_PROJECT = "create_project"
    RENAME_ANY_PROJECT = "rename_any_project"
    DELETE_ANY_PROJECT = "delete_any_project"
    CREATE_PLAN = "create_plan"
    MANAGE_ANY_PLAN_SHARES = "manage_any_plan_shares"
    RENAME_ANY_PLAN = "rename_any_plan"
    DELETE_ANY_PLAN = "delete_any_plan"
    UPDATE_ANY_PLAN = "update_any_plan"
    ARCHIVE_ANY_PLAN = "archive_any_plan"


_ABOUT_PEOPLE = frozenset(
    {Permission.INVITE_USER, Permission.REMOVE_USER, Permission.SET_USER_ROLE}
)
_EVERYONE = frozenset(
    {Permission.CREATE_PROJECT, Permission.CREATE_PLAN, Permission.LIST_ORG_ROLES}
)
_ADMIN = frozenset(Permission) - {
    Permission.DELETE_ORG,
    Permission.MANAGE_EMAIL_DOMAIN_AUTH,
    Permission.MANAGE_BILLING,
}
_GRANTS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.BILLING_ADMIN: _EVERYONE | {Permission.MANAGE_BILLING, Permission.VIEW_ALL_USAGE},
    Role.ADMIN: _ADMIN,
    Role.MEMBER: _EVERYONE,
}


def may(role: Role, permission: Permission, *, target: Role | None = None) -> bool:
    """Whether a `role` holds the permission; one about people, on those of the role `target`.

    Owners act on everyone. Admins act on admins and members only: whoever could make a billing
    admin could grant what admins are not granted.
    """
    if permission not in _GRANTS[role]:
        return False
    if permission in _ABOUT_PEOPLE:
        assert target is not None, f"{permission} needs the role of the person"
        return role is Role.OWNER or target in (Role.ADMIN, Role.MEMBER)
    return True
