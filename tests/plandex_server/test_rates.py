"""Request rates per user."""

import pytest
from pytest_django import Settings

from plandex_server.rates import SHARE_EVERY_S, Rates
from tests.factories import World


class Clock:
    def __init__(self) -> None:
        self.now = 600.0

    def __call__(self) -> float:
        return self.now


def test_a_limit_holds_for_a_minute() -> None:
    clock = Clock()
    rates = Rates(clock=clock)
    assert [rates.wait_for("ada", 2) for _ in range(3)] == [0, 0, 60]
    assert rates.wait_for("mo", 2) == 0
    clock.now += 45
    assert rates.wait_for("ada", 2) == 15
    clock.now += 15
    assert rates.wait_for("ada", 2) == 0


def test_processes_share_their_counts_once_a_second() -> None:
    clock, sums = Clock(), dict[str, int]()
    asked: list[str] = []

    def share(name: str, amount: int) -> int:
        asked.append(name)
        sums[name] = sums.get(name, 0) + amount
        return sums[name]

    one, two = Rates(share, clock), Rates(share, clock)
    for _ in range(4):
        assert one.wait_for("ada", 5) == 0
    assert two.wait_for("ada", 5) == 0
    assert asked == ["ada:10", "ada:10"]
    clock.now += SHARE_EVERY_S
    assert one.wait_for("ada", 5) > 0  # it hears of the other one's
    assert sums == {"ada:10": 6}


def test_a_slow_sum_is_asked_for_once_at_a_time() -> None:
    """What came while it was asked would be added twice."""
    clock, added = Clock(), list[int]()

    def share(name: str, amount: int) -> int:
        added.append(amount)
        clock.now += 2 * SHARE_EVERY_S
        if len(added) == 1:
            assert rates.wait_for("ada", 5) == 0
        return sum(added)

    rates = Rates(share, clock)
    assert [rates.wait_for("ada", 5) for _ in range(4)] == [0] * 4
    assert sum(added) == 5


def test_without_the_others_each_counts_its_own() -> None:
    rates = Rates(lambda name, amount: None, Clock())
    assert [rates.wait_for("ada", 2) for _ in range(3)] == [0, 0, 60]


@pytest.mark.django_db
def test_too_many_requests_are_refused_in_both_dialects(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = Rates(clock=Clock())
    monkeypatch.setattr("orgs.authentication.rates", lambda: rates)
    settings.USER_REQUESTS_PER_MINUTE = 2
    for _ in range(2):
        world.owner.get("/projects")
    refused = world.owner.get("/projects", status=429)
    text = "You have sent more than 2 requests in a minute; wait 60 seconds"
    assert refused.text.strip() == text
    said = world.owner.api.get("/projects", status=429).json
    assert (said["code"], said["message"], said["details"]["retryAfter"]) == (429, text, 60)
    world.owner.get("/orgs", status=429)
    world.member.get("/projects", status=200)
    world.owner.get("/health", status=200)
