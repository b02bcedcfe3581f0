"""Sign-in codes: made by a signed-in user, used once on another device."""

from datetime import timedelta

import pytest

from accounts.models import SignInCode, User
from accounts.services.limits import WRONG_CODES
from orgs.models import Membership
from plandex_server.db import now
from tests.factories import World, org_make
from tests.wire.client import Reply, StrictClient

pytestmark = pytest.mark.usefixtures("team_mode")


def code_of(client: StrictClient) -> str:
    reply = client.post("/accounts/sign_in_codes", status=200)
    assert len(reply.text) == 6
    return reply.text


def use(cli: StrictClient, code: str, status: int = 200) -> Reply:
    body = {"email": "", "pin": code, "isSignInCode": True}
    return cli.post("/accounts/sign_in", body, status=status)


def test_it_works(world: World, cli: StrictClient) -> None:
    org_make(owner=User.objects.get(pk=world.member.user_id))
    session = use(cli, code_of(world.member)).json
    assert session["userId"] == world.member.user_id
    assert [org["id"] for org in session["orgs"]] == [world.org.id]
    StrictClient(token=session["token"], org_id=world.org.id).get("/orgs/session")


def test_a_code_works_once(world: World, cli: StrictClient) -> None:
    code = code_of(world.member)
    use(cli, code)
    use(cli, code, 401)


def test_a_code_expires(world: World, cli: StrictClient) -> None:
    code = code_of(world.member)
    SignInCode.objects.update(created_at=now() - timedelta(minutes=6))
    use(cli, code, 401)


def test_a_code_of_an_org_the_user_left_offers_none(world: World, cli: StrictClient) -> None:
    code = code_of(world.member)
    Membership.objects.filter(user_id=world.member.user_id).delete()
    assert use(cli, code).json["orgs"] == []


def test_a_code_of_a_deactivated_user_is_dead(world: World, cli: StrictClient) -> None:
    code = code_of(world.member)
    User.objects.filter(pk=world.member.user_id).update(is_active=False)
    use(cli, code, 401)


def test_codes_are_guessed_only_so_often(world: World, cli: StrictClient) -> None:
    code = code_of(world.member)
    for _ in range(WRONG_CODES.per_network):
        use(cli, "wrong1", 401)
    use(cli, code, 429)


def test_a_code_needs_an_org(world: World) -> None:
    StrictClient(token=world.member.token).post("/accounts/sign_in_codes", status=401)


def test_the_code_is_not_stored(world: World) -> None:
    code = code_of(world.member)
    assert code not in SignInCode.objects.get().code_hash
