"""Signing out ends the one token at once."""

from accounts.models import User
from tests.factories import World, client_make


def test_it_works(world: World) -> None:
    other = client_make(User.objects.get(pk=world.member.user_id), world.org)
    world.member.post("/accounts/sign_out", status=200)
    reply = world.member.get("/orgs/session", status=401)
    assert reply.json["type"] == "invalid_token"
    other.get("/orgs/session")


def test_it_needs_no_org(world: World) -> None:
    world.member.org_id = ""
    world.member.post("/accounts/sign_out", status=200)
    world.member.post("/accounts/sign_out", status=401)


def test_in_the_api_dialect(world: World) -> None:
    api = world.member.api
    api.post("/accounts/sign_out", status=200)
    assert api.get("/orgs/session", status=401).json["details"]["reason"] == "invalid_token"
