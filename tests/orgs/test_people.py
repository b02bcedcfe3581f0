"""The people of an org: listing and removing them."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from orgs.logic.permissions import Role
from orgs.models import Invite, Membership
from tests.factories import World, client_make, invite_make, member_make
from tests.wire.client import StrictClient

pytestmark = pytest.mark.usefixtures("team_mode")


def path_of(client: StrictClient) -> str:
    return f"/orgs/users/{client.user_id}"


def test_it_works(world: World) -> None:
    listed = world.member.get("/users").json
    names = [user["name"] for user in listed["users"]]
    assert names == ["Olga Owner", "Ada Admin", "Mo Member"]
    roles = {role["id"]: role["label"] for role in world.member.get("/orgs/roles").json}
    mine = listed["orgUsersByUserId"][world.admin.user_id]
    assert (mine["orgId"], roles[mine["orgRoleId"]]) == (world.org.id, "Admin")
    assert world.member.api.get("/users").json == listed


def test_only_the_own_org_is_listed(world: World) -> None:
    listed = world.stranger.get("/users").json["users"]
    assert [user["id"] for user in listed] == [world.stranger.user_id]


def test_the_list_takes_two_queries(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        member_make(org=world.org)
    with django_assert_num_queries(2):
        assert len(world.owner.get("/users").json["users"]) == 8


def test_removing_ends_the_access_at_once(world: World) -> None:
    invite_make(org=world.org, email=User.objects.get(pk=world.member.user_id).email)
    world.admin.delete(path_of(world.member), status=204)
    world.member.get("/users", status=401)
    assert world.member.user_id not in world.admin.get("/users").json["orgUsersByUserId"]
    assert User.objects.filter(pk=world.member.user_id).exists()
    assert not Invite.objects.exists()


def test_removing_leaves_other_peoples_invites(world: World) -> None:
    invite_make(org=world.org)
    invite_make(org=world.other_org, email="member@example.com")
    world.owner.delete(path_of(world.member), status=204)
    assert Invite.objects.count() == 2


ROLES = (Role.OWNER, Role.BILLING_ADMIN, Role.ADMIN, Role.MEMBER)
MAY_REMOVE = {Role.OWNER: set(ROLES), Role.ADMIN: {Role.ADMIN, Role.MEMBER}}


@pytest.mark.parametrize("target", ROLES)
@pytest.mark.parametrize("role", ROLES)
def test_who_may_remove_whom(world: World, role: Role, target: Role) -> None:
    actor = client_make(member_make(org=world.org, role=role).user, world.org)
    removed = member_make(org=world.org, role=target)
    allowed = target in MAY_REMOVE.get(role, set())
    actor.delete(f"/orgs/users/{removed.user_id}", status=204 if allowed else 403)
    assert Membership.objects.filter(pk=removed.pk).exists() is not allowed
    again = member_make(org=world.org, role=target)
    actor.api.delete(f"/orgs/users/{again.user_id}", status=204 if allowed else 403)


def test_the_last_owner_stays(world: World) -> None:
    reply = world.owner.delete(path_of(world.owner), status=403)
    assert reply.text == "Cannot delete the only org owner\n"
    member_make(org=world.org, role=Role.OWNER)
    world.owner.delete(path_of(world.owner), status=204)


@pytest.mark.parametrize("user_id", ["nonsense", "00000000-0000-4000-8000-000000000000"])
def test_removing_someone_who_is_not_there(world: World, user_id: str) -> None:
    world.owner.delete(f"/orgs/users/{user_id}", status=404)
    world.owner.delete(path_of(world.stranger), status=404)
