"""Local mode has a single user: what is about several people is refused there."""

import pytest

from tests.factories import World
from tests.wire.client import ApiClient, StrictClient

pytestmark = pytest.mark.usefixtures("local_mode")


def test_people_and_invites_are_refused(world: World) -> None:
    for client in (world.owner, world.owner.api):
        client.get("/users", status=403)
        client.delete(f"/orgs/users/{world.member.user_id}", status=403)
        client.post("/invites", {}, status=403)
        for kind in ("pending", "accepted", "all"):
            client.get(f"/invites/{kind}", status=403)
        client.delete("/invites/1", status=403)


def test_who_is_not_signed_in_learns_that_first(world: World) -> None:
    for client in (StrictClient(), ApiClient(), StrictClient("dead"), ApiClient("dead")):
        client.get("/users", status=401)
        client.post("/invites", {}, status=401)
        client.delete(f"/orgs/users/{world.member.user_id}", status=401)


def test_roles_and_own_settings_are_not(world: World) -> None:
    world.owner.get("/orgs/roles", status=200)
    world.owner.get("/org_user_config", status=200)
