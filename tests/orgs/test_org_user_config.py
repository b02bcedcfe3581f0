"""A user's own settings in an org."""

from typing import Any

import pytest

from orgs.models import Membership
from tests.factories import World

PATH = "/org_user_config"
NEVER = "0001-01-01T00:00:00Z"
CONFIG = {
    "promptedClaudeMax": True,
    "useClaudeSubscription": False,
    "claudeSubscriptionCooldownStartedAt": NEVER,
}


def test_it_works(world: World) -> None:
    assert world.member.get(PATH).json == CONFIG | {"promptedClaudeMax": False}
    assert world.member.put(PATH, CONFIG, status=200).body == b""
    assert world.member.get(PATH).json == CONFIG
    assert world.member.api.get(PATH).json == CONFIG
    assert world.owner.get(PATH).json["promptedClaudeMax"] is False


@pytest.mark.parametrize(
    "moment", [NEVER, "2025-01-02T03:04:05.123456789+02:00", "9999-12-31T23:59:59-11:00"]
)
def test_the_time_comes_back_as_it_was_sent(world: World, moment: str) -> None:
    world.member.put(PATH, CONFIG | {"claudeSubscriptionCooldownStartedAt": moment})
    assert world.member.get(PATH).json["claudeSubscriptionCooldownStartedAt"] == moment


@pytest.mark.parametrize(
    "change",
    [
        {"claudeSubscriptionCooldownStartedAt": ""},
        {"claudeSubscriptionCooldownStartedAt": "yesterday"},
        {"claudeSubscriptionCooldownStartedAt": "2025-02-30T00:00:00Z"},
        {"claudeSubscriptionCooldownStartedAt": "2025-01-02T03:04:05"},
        {"claudeSubscriptionCooldownStartedAt": 0},
        {"promptedClaudeMax": "yes"},
    ],
)
def test_what_is_refused(world: World, change: dict[str, Any]) -> None:
    world.member.put(PATH, CONFIG | change, status=400)
    world.member.api.put(PATH, CONFIG | change, status=400)
    assert Membership.objects.get(user_id=world.member.user_id).config is None


def test_missing_keys_are_unset(world: World) -> None:
    world.member.put(PATH, CONFIG)
    world.member.put(PATH, {"claudeSubscriptionCooldownStartedAt": None})
    assert world.member.get(PATH).json == CONFIG | {"promptedClaudeMax": False}


def test_the_users_list_shows_it(world: World, settings: Any) -> None:
    settings.LOCAL_MODE = False
    world.member.put(PATH, CONFIG)
    entries = world.owner.get("/users").json["orgUsersByUserId"]
    assert entries[world.member.user_id]["config"] == CONFIG
    assert "config" not in entries[world.owner.user_id]
