"""Invites: made, listed, accepted by naming the org, and withdrawn."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from pytest_django import DjangoAssertNumQueries

from accounts.services.limits import Limit
from orgs.logic.permissions import Role
from orgs.models import Invite, Membership, Org
from tests.factories import World, client_make, invite_make, member_make, user_make
from tests.wire.client import StrictClient

pytestmark = pytest.mark.usefixtures("team_mode")

ROLES = (Role.OWNER, Role.BILLING_ADMIN, Role.ADMIN, Role.MEMBER)


def invitation(email: str = "new@example.com", role: Role = Role.MEMBER) -> dict[str, Any]:
    return {"email": email, "name": "Nia New", "orgRoleId": role.id}


def test_it_works(world: World, cli: StrictClient) -> None:
    reply = world.owner.post("/invites", invitation("New@Example.com", Role.ADMIN), status=201)
    assert reply.body == b""
    (listed,) = world.member.get("/invites/pending").json
    assert (listed["email"], listed["inviterId"]) == ("new@example.com", world.owner.user_id)
    assert listed["orgRoleId"] == Role.ADMIN.id

    invited = client_make(user_make(email="new@example.com"))
    (org,) = invited.get("/orgs").json
    invited.org_id, invited.org_name = org["id"], org["name"]
    invited.get("/users")

    assert Membership.objects.get(user_id=invited.user_id).role == Role.ADMIN
    assert world.owner.get("/invites/pending").json == []
    (accepted,) = world.owner.get("/invites/accepted").json
    assert accepted["inviteeId"] == invited.user_id
    assert world.owner.get("/invites/all").json == [accepted]


def test_the_mail_says_who_invites_where(world: World) -> None:
    world.owner.post("/invites", invitation(), status=201)
    (message,) = mail.outbox
    assert message.to == ["new@example.com"]
    assert message.subject == "Nia New, Olga Owner invites you to Example Org on Plandex"
    for word in ("Nia New", "Olga Owner", "Example Org", "plandex sign-in", "new@example.com"):
        assert word in message.body


def test_names_can_not_forge_the_mail(world: World) -> None:
    Org.objects.filter(pk=world.org.pk).update(name="<b>Org</b>")
    world.owner.post("/invites", invitation() | {"name": "Nia\r\nBcc: x@y.test"}, status=400)
    world.owner.post("/invites", invitation(), status=201)
    (message,) = mail.outbox
    assert "<b>Org</b>" in message.body
    (html,) = message.alternatives  # type: ignore[attr-defined]
    assert "&lt;b&gt;Org&lt;/b&gt;" in str(html[0])
    assert "<b>Org" not in str(html[0])


def test_an_invite_whose_mail_fails_does_not_stay(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise TimeoutError

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    world.owner.post("/invites", invitation(), status=500)
    assert not Invite.objects.exists()


def test_any_request_that_names_the_org_accepts(world: World) -> None:
    invite_make(org=world.org, email="new@example.com")
    api = client_make(user_make(email="new@example.com")).api
    api.get("/projects", status=401)
    api.org_id = world.org.id
    api.get("/projects")
    api.org_id = ""
    api.get("/projects")


def test_an_invite_is_for_its_address_only(world: World) -> None:
    invite_make(org=world.org, email="new@example.com")
    world.stranger.org_id = world.org.id
    world.stranger.get("/projects", status=401)


def test_a_withdrawn_invite_lets_nobody_in(world: World) -> None:
    invite = invite_make(org=world.org, email="new@example.com")
    world.owner.delete(f"/invites/{invite.id}", status=204)
    client = client_make(user_make(email="new@example.com"), world.org)
    client.get("/projects", status=401)


def test_an_accepted_invite_is_used_up(world: World) -> None:
    invite_make(org=world.org, email="new@example.com")
    user = user_make(email="new@example.com")
    client = client_make(user, world.org)
    client.get("/projects")
    world.owner.delete(f"/orgs/users/{user.id}", status=204)
    client.get("/projects", status=401)
    world.owner.post("/invites", invitation(), status=201)
    client.get("/projects")


@pytest.mark.parametrize(
    "change",
    [
        {"email": "no address"},
        {"email": "a@b@c"},
        {"email": ""},
        {"email": "member@example.com"},
        {"email": "Invited@example.com"},
        {"orgRoleId": ""},
        {"orgRoleId": "nonsense"},
        {"orgRoleId": 1},
        {"name": "x" * 256},
    ],
)
def test_invites_that_are_refused(world: World, change: dict[str, Any]) -> None:
    invite_make(org=world.org, email="invited@example.com")
    world.owner.post("/invites", invitation() | change, status=400)
    world.owner.api.post("/invites", invitation() | change, status=400)
    assert mail.outbox == []


def test_who_would_join_by_domain_needs_no_invite_as_member(world: World) -> None:
    Org.objects.filter(pk=world.org.pk).update(domain="corp.test", auto_add_domain_users=True)
    world.owner.post("/invites", invitation("a@corp.test"), status=400)
    world.owner.post("/invites", invitation("a@corp.test", Role.ADMIN), status=201)


MAY_INVITE = {Role.OWNER: set(ROLES), Role.ADMIN: {Role.ADMIN, Role.MEMBER}}


@pytest.mark.parametrize("target", ROLES)
@pytest.mark.parametrize("role", ROLES)
def test_who_may_invite_and_withdraw_whom(world: World, role: Role, target: Role) -> None:
    actor = client_make(member_make(org=world.org, role=role).user, world.org)
    allowed = target in MAY_INVITE.get(role, set())
    actor.post("/invites", invitation(role=target), status=201 if allowed else 403)
    actor.api.post("/invites", invitation("b@c.test", target), status=201 if allowed else 403)

    invite = invite_make(org=world.org, role=target)
    actor.delete(f"/invites/{invite.id}", status=204 if allowed else 403)
    assert Invite.objects.filter(pk=invite.pk).exists() is not allowed


def test_an_inviter_who_lost_the_role_can_not_withdraw(world: World) -> None:
    inviter = member_make(org=world.org, role=Role.ADMIN)
    invite = invite_make(org=world.org, inviter=inviter.user)
    Membership.objects.filter(pk=inviter.pk).update(role=Role.MEMBER)
    client_make(inviter.user, world.org).delete(f"/invites/{invite.id}", status=403)


def test_invites_of_another_org_are_out_of_reach(world: World) -> None:
    invite = invite_make(org=world.org)
    assert world.stranger.get("/invites/all").json == []
    world.stranger.delete(f"/invites/{invite.id}", status=404)
    world.owner.delete("/invites/nonsense", status=404)


def test_every_member_sees_the_invites(world: World) -> None:
    invite_make(org=world.org)
    for client in (world.owner, world.admin, world.member, world.member.api):
        assert len(client.get("/invites/pending").json) == 1
        assert client.get("/invites/accepted").json == []


def test_the_lists_take_two_queries(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(4):
        invite_make(org=world.org)
    for kind in ("pending", "all"):
        with django_assert_num_queries(2):
            assert len(world.owner.get(f"/invites/{kind}").json) == 4


def test_only_so_many_invites(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = Limit("invite", timedelta(hours=1), per_subject=2, per_network=9)
    monkeypatch.setattr("orgs.services.invites.INVITES", limit)
    for number in range(2):
        world.owner.post("/invites", invitation(f"a{number}@b.test"), status=201)
    world.owner.post("/invites", invitation("a3@b.test"), status=429)
