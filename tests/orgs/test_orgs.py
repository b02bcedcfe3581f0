"""Orgs: making, listing, and joining by domain."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from orgs.logic.permissions import Role
from orgs.models import Membership, Org
from tests.factories import World, client_make, invite_make, org_make, user_make
from tests.wire.client import StrictClient


def new_org(client: StrictClient, name: str = "New Org", *, auto_add: bool = False) -> Any:
    return client.post("/orgs", {"name": name, "autoAddDomainUsers": auto_add}, status=201).json


@pytest.mark.django_db
def test_it_works() -> None:
    user = user_make()
    client = client_make(user)
    org = new_org(client)
    membership = Membership.objects.get(org_id=org["id"])
    assert (membership.user, membership.role) == (user, Role.OWNER)
    assert [row["id"] for row in client.get("/orgs").json] == [org["id"]]
    assert [row["name"] for row in client.api.get("/orgs").json] == ["New Org"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 256, "line\nbreak", "\x00", 5])
def test_names_that_are_refused(world: World, name: object) -> None:
    body = {"name": name, "autoAddDomainUsers": False}
    world.member.post("/orgs", body, status=400)
    world.member.api.post("/orgs", body, status=400)


@pytest.mark.django_db
def test_a_user_in_no_org_has_none() -> None:
    assert client_make(user_make()).get("/orgs").json == []


@pytest.mark.django_db
def test_the_list_offers_orgs_that_invited_the_user() -> None:
    user = user_make()
    mine, inviting, other = org_make(owner=user), org_make(), org_make()
    invite_make(org=inviting, email=user.email)
    invite_make(org=other)
    listed = client_make(user).get("/orgs").json
    assert [row["id"] for row in listed] == [mine.id, inviting.id]


@pytest.mark.django_db
def test_the_list_takes_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    user = user_make()
    for _ in range(3):
        org_make(owner=user)
        invite_make(org=org_make(), email=user.email)
    client = client_make(user)
    with django_assert_num_queries(2):
        assert len(client.get("/orgs").json) == 6


def test_roles_are_listed_to_everyone(world: World) -> None:
    for client in (world.owner, world.admin, world.member):
        roles = client.get("/orgs/roles").json
        assert [role["label"] for role in roles] == ["Owner", "Billing Admin", "Admin", "Member"]
        assert len({role["id"] for role in roles}) == 4
    world.stranger.org_id = world.org.id
    world.stranger.get("/orgs/roles", status=401)


@pytest.mark.django_db
def test_an_org_open_to_its_domain_takes_all_its_users_as_members() -> None:
    founder, colleague = user_make(email="a@corp.test"), user_make(email="b@corp.test")
    outsider = user_make(email="c@other.test")
    org = new_org(client_make(founder), auto_add=True)
    assert org["autoAddDomainUsers"] is True
    roles = dict(Membership.objects.filter(org_id=org["id"]).values_list("user_id", "role"))
    assert roles == {founder.id: Role.OWNER, colleague.id: Role.MEMBER}
    assert outsider.id not in roles


@pytest.mark.usefixtures("local_mode")
def test_who_signs_up_later_joins_as_member_too(cli: StrictClient) -> None:
    org = new_org(client_make(user_make(email="a@corp.test")), auto_add=True)
    session = cli.post("/accounts", {"email": "b@corp.test", "userName": "B"}, status=201).json
    assert [row["id"] for row in session["orgs"]] == [org["id"]]
    membership = Membership.objects.get(user_id=session["userId"])
    assert membership.role == Role.MEMBER
    cli.post("/accounts", {"email": "b@other.test", "userName": "B"}, status=201)
    assert Membership.objects.filter(org_id=org["id"]).count() == 2


@pytest.mark.usefixtures("local_mode")
def test_an_invite_wins_over_joining_by_domain(cli: StrictClient) -> None:
    org = new_org(client_make(user_make(email="a@corp.test")), auto_add=True)
    invite_make(org=Org.objects.get(pk=org["id"]), email="b@corp.test", role=Role.ADMIN)
    session = cli.post("/accounts", {"email": "b@corp.test", "userName": "B"}, status=201).json
    assert Membership.objects.get(user_id=session["userId"]).role == Role.ADMIN


@pytest.mark.django_db
def test_domains_that_can_not_be_opened() -> None:
    body = {"name": "Org", "autoAddDomainUsers": True}
    client_make(user_make(email="a@gmail.com")).post("/orgs", body, status=400)
    client_make(user_make(email="a@corp.test")).post("/orgs", body, status=201)
    client_make(user_make(email="b@corp.test")).post("/orgs", body, status=409)
    assert Org.objects.filter(owner=User.objects.get(email="b@corp.test")).count() == 0
