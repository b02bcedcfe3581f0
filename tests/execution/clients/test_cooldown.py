"""Providers that rest after failures, told by a clock of the tests."""

from dataclasses import replace

import pytest

from execution.clients.cooldown import (
    FAILURES,
    MAX_REST_S,
    MAX_STATES,
    PROBE_S,
    REST_S,
    WINDOW_S,
    Cooldown,
)
from execution.logic.model_errors import ModelError, connection_error, http_error, unsupported
from models_config.logic.provider_auth import ProviderAuth
from tests.execution.clients.asking import chosen

CHOICE = chosen("openai")
DOWN = http_error(503, "down", {})


class Ward:
    """A cooldown with its clock."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.cooldown = Cooldown(lambda: self.now)

    def fail(self, times: int = FAILURES, error: ModelError = DOWN) -> None:
        for _ in range(times):
            self.cooldown.failed(CHOICE, error)

    def admits(self) -> bool:
        return self.cooldown.admits(CHOICE)


def test_it_works() -> None:
    ward = Ward()
    assert ward.admits()
    ward.fail(FAILURES - 1)
    assert ward.admits() and not ward.cooldown.is_resting(CHOICE)
    ward.fail(1)
    assert not ward.admits() and ward.cooldown.is_resting(CHOICE)
    ward.now += REST_S
    assert ward.admits()


def test_after_a_rest_one_tries_for_all() -> None:
    ward = Ward()
    ward.fail()
    ward.now += REST_S
    assert [ward.admits(), ward.admits()] == [True, False]
    ward.cooldown.succeeded(CHOICE)
    assert ward.admits() and ward.admits()


def test_a_try_that_never_ends_does_not_rest_it_for_ever() -> None:
    ward = Ward()
    ward.fail()
    ward.now += REST_S
    assert ward.admits()
    ward.now += PROBE_S
    assert ward.admits()


def test_rests_double_to_a_limit() -> None:
    ward = Ward()
    ward.fail()
    rest, seen = REST_S, []
    for _ in range(8):
        ward.now += rest
        assert ward.admits()
        ward.fail(1)
        rest = min(rest * 2, MAX_REST_S)
        ward.now += rest - 0.1
        seen.append(ward.cooldown.is_resting(CHOICE))
        ward.now += 0.1 - rest
    assert all(seen) and rest == MAX_REST_S


def test_many_calls_that_fail_at_once_are_one_trouble() -> None:
    ward = Ward()
    ward.fail(50)
    ward.now += REST_S
    assert ward.admits()


def test_success_and_time_forget_failures() -> None:
    ward = Ward()
    ward.fail(FAILURES - 1)
    ward.cooldown.succeeded(CHOICE)
    ward.fail(FAILURES - 1)
    assert ward.admits()
    ward.now += WINDOW_S + 1
    ward.fail(FAILURES - 1)
    assert ward.admits()


COUNTED = [
    (connection_error("reset"), True),
    (http_error(500, "boom", {}), True),
    (http_error(529, "overloaded_error", {}), True),
    (http_error(429, "slow", {"retry-after": "3"}), True),
    (http_error(401, "bad key", {}), True),
    (http_error(400, "bad request", {}), False),
    (http_error(404, "no such model", {}), False),
    (http_error(413, "too large", {}), False),
    (http_error(400, "maximum context length is 5", {}), False),
    (http_error(400, "cache_control not known", {}), False),
    (unsupported("no"), False),
]


@pytest.mark.parametrize(("error", "counts"), COUNTED)
def test_what_counts(error: ModelError, counts: bool) -> None:
    ward = Ward()
    ward.fail(error=error)
    assert ward.cooldown.is_resting(CHOICE) is counts


def test_a_provider_that_asks_for_a_long_wait_gets_it_at_once() -> None:
    ward = Ward()
    ward.fail(1, http_error(429, "slow", {"retry-after": "60"}))
    assert ward.cooldown.is_resting(CHOICE)


def test_other_keys_and_providers_go_on() -> None:
    ward = Ward()
    ward.fail()
    others = (
        replace(CHOICE, auth=ProviderAuth(api_key="another")),
        replace(CHOICE, auth=ProviderAuth(CHOICE.auth.api_key, {"X": "1"})),
        replace(CHOICE, base_url="http://elsewhere"),
        chosen("openrouter"),
    )
    assert [ward.cooldown.is_resting(other) for other in others] == [False] * 4
    assert ward.cooldown.is_resting(replace(CHOICE, model_id="another"))


def test_it_remembers_few() -> None:
    ward = Ward()
    ward.fail()
    for number in range(MAX_STATES):
        ward.cooldown.failed(replace(CHOICE, base_url=str(number)), DOWN)
    assert not ward.cooldown.is_resting(CHOICE)
