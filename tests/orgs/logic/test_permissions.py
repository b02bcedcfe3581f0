"""The table of roles and permissions, written out."""

import pytest

from orgs.logic.permissions import Permission, Role, may

OWNER, BILLING, ADMIN, MEMBER = Role

TABLE: dict[Permission, set[Role]] = {
    Permission.DELETE_ORG: {OWNER},
    Permission.MANAGE_EMAIL_DOMAIN_AUTH: {OWNER},
    Permission.MANAGE_BILLING: {OWNER, BILLING},
    Permission.VIEW_ALL_USAGE: {OWNER, BILLING, ADMIN},
    Permission.MANAGE_PROVIDER_KEYS: {OWNER, ADMIN},
    Permission.VIEW_AUDIT_LOG: {OWNER, ADMIN},
    Permission.LIST_ORG_ROLES: {OWNER, BILLING, ADMIN, MEMBER},
    Permission.CREATE_PROJECT: {OWNER, BILLING, ADMIN, MEMBER},
    Permission.RENAME_ANY_PROJECT: {OWNER, ADMIN},
    Permission.DELETE_ANY_PROJECT: {OWNER, ADMIN},
    Permission.CREATE_PLAN: {OWNER, BILLING, ADMIN, MEMBER},
    Permission.MANAGE_ANY_PLAN_SHARES: {OWNER, ADMIN},
    Permission.RENAME_ANY_PLAN: {OWNER, ADMIN},
    Permission.DELETE_ANY_PLAN: {OWNER, ADMIN},
    Permission.UPDATE_ANY_PLAN: {OWNER, ADMIN},
    Permission.ARCHIVE_ANY_PLAN: {OWNER, ADMIN},
}
ABOUT_PEOPLE = (Permission.INVITE_USER, Permission.REMOVE_USER, Permission.SET_USER_ROLE)


def test_every_permission_is_in_a_table() -> None:
    assert set(TABLE) | set(ABOUT_PEOPLE) == set(Permission)


@pytest.mark.parametrize("permission", TABLE)
@pytest.mark.parametrize("role", Role)
def test_plain_permissions(role: Role, permission: Permission) -> None:
    assert may(role, permission) is (role in TABLE[permission])


@pytest.mark.parametrize("permission", ABOUT_PEOPLE)
@pytest.mark.parametrize("target", Role)
@pytest.mark.parametrize("role", Role)
def test_permissions_about_people(role: Role, target: Role, permission: Permission) -> None:
    expected = role is OWNER or (role is ADMIN and target in (ADMIN, MEMBER))
    assert may(role, permission, target=target) is expected


def test_a_permission_about_people_needs_a_target() -> None:
    with pytest.raises(AssertionError):
        may(OWNER, Permission.INVITE_USER)


def test_ids_and_labels() -> None:
    assert {role.label for role in Role} == {"Owner", "Billing Admin", "Admin", "Member"}
    assert all(Role.from_id(role.id) is role for role in Role)
    assert Role.from_id("owner") is None
