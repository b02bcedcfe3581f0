import itertools

import pytest

from execution.logic.failure_texts import (
    broken_off,
    error_chunk,
    error_finish,
    inactive,
)
from execution.logic.fallbacks import Action, Attempts, next_attempt
from execution.logic.model_errors import ModelError, ModelErrorKind, empty_answer, http_error

EMPTY = empty_answer()
BUSY = http_error(503, "busy", {})
FINAL = http_error(401, "no", {})
TOO_LONG = http_error(413, "", {})
CACHE = http_error(400, "cache control is not supported", {})
QUOTA = http_error(429, "", {"Retry-After": "30"}, is_subscription=True)


def play(attempts: Attempts, *errors: ModelError) -> list[str]:
    """The actions that follow these failures, up to giving up."""
    actions = []
    for error in errors:
        decision = next_attempt(attempts, error, jitter=0.5)
        actions.append(decision.action.value)
        attempts = decision.attempts
        if decision.action is Action.GIVE_UP:
            break
    return actions


def test_a_model_without_fallbacks_is_retried_three_times() -> None:
    assert play(Attempts(), *[BUSY] * 9) == ["retry", "retry", "retry", "give_up"]


def test_a_model_that_says_nothing_is_asked_once_more() -> None:
    assert play(Attempts(), *[EMPTY] * 3) == ["retry", "give_up"]
    assert play(Attempts(), BUSY, EMPTY) == ["retry", "give_up"]
    assert play(Attempts(has_error_fallback=True), *[EMPTY] * 4) == [
        "retry",
        "error_fallback",
        "retry",
        "give_up",
    ]


def test_the_third_failure_goes_to_the_error_fallback() -> None:
    assert play(Attempts(has_error_fallback=True, has_provider_fallback=True), *[BUSY] * 9) == [
        "retry",
        "retry",
        "error_fallback",
        "retry",
        "provider_fallback",
        "retry",
        "give_up",
    ]


def test_without_an_error_fallback_another_provider_is_tried_once() -> None:
    assert play(Attempts(has_provider_fallback=True), *[BUSY] * 9) == [
        "retry",
        "retry",
        "provider_fallback",
        "retry",
        "give_up",
    ]


def test_final_errors_go_to_a_fallback_at_once() -> None:
    assert play(Attempts(), FINAL) == ["give_up"]
    assert play(Attempts(has_error_fallback=True), FINAL, FINAL) == ["error_fallback", "give_up"]
    assert play(Attempts(has_provider_fallback=True), FINAL, FINAL) == [
        "provider_fallback",
        "give_up",
    ]


def test_a_prompt_that_is_too_long_goes_to_the_large_context_fallback() -> None:
    attempts = Attempts(has_large_context_fallback=True, has_error_fallback=True)
    assert play(attempts, TOO_LONG, TOO_LONG, TOO_LONG) == [
        "large_context_fallback",
        "error_fallback",
        "give_up",
    ]
    assert play(Attempts(has_provider_fallback=True), TOO_LONG) == ["give_up"]
    assert play(Attempts(has_large_context_fallback=True), FINAL) == ["give_up"]


def test_cache_marks_are_left_out_without_counting() -> None:
    assert play(Attempts(), CACHE, BUSY, BUSY, BUSY, BUSY) == [
        "without_cache",
        "retry",
        "retry",
        "retry",
        "give_up",
    ]


def test_cache_errors_without_cache_marks_count() -> None:
    assert play(Attempts(), *[CACHE] * 9) == ["without_cache", *["retry"] * 3, "give_up"]


def test_quota_waits_are_not_counted_but_end() -> None:
    decision = next_attempt(Attempts(), QUOTA, jitter=0.0)
    assert decision.attempts.total_retries == 0
    assert decision.delay == pytest.approx(33.0)
    assert play(Attempts(), *[QUOTA] * 9) == [*["retry"] * 3, "give_up"]
    assert play(Attempts(has_error_fallback=True), *[QUOTA] * 4)[-1] == "error_fallback"


def test_nothing_is_retried_after_text() -> None:
    attempts = Attempts(received_text=True, has_error_fallback=True)
    assert play(attempts, BUSY) == ["give_up"]
    assert play(attempts, CACHE) == ["give_up"]


def test_delays() -> None:
    told = http_error(429, "", {"Retry-After": "7"})
    assert next_attempt(Attempts(), told, jitter=0.5).delay == pytest.approx(7.7)
    assert next_attempt(Attempts(), BUSY, jitter=0.0).delay == pytest.approx(1.0)
    assert next_attempt(Attempts(), BUSY, jitter=1.0).delay == pytest.approx(1.2)
    fallback = Attempts(has_error_fallback=True)
    assert next_attempt(fallback, FINAL, jitter=1.0).delay == 0.0


@pytest.mark.parametrize("flags", list(itertools.product([False, True], repeat=3)))
@pytest.mark.parametrize("kind", ModelErrorKind)
@pytest.mark.parametrize("retriable", [False, True])
def test_every_way_ends(
    flags: tuple[bool, bool, bool], kind: ModelErrorKind, retriable: bool
) -> None:
    error = ModelError("x", kind=kind, retriable=retriable)
    assert play(Attempts(*flags), *[error] * 30)[-1] == "give_up"


def test_total_retries_are_counted_over_fallbacks() -> None:
    attempts = Attempts(has_error_fallback=True)
    for _ in range(4):
        attempts = next_attempt(attempts, BUSY, jitter=0.0).attempts
    assert attempts.total_retries == 4


def test_texts_of_failures() -> None:
    assert error_chunk("openrouter", "m", 503, "overloaded") == (
        "The AI model (openrouter/m) stopped streaming with error code 503: overloaded"
    )
    assert broken_off("p/m", "unexpected EOF", received_text=True) == (
        "The AI model (p/m) stopped responding: unexpected EOF"
    )
    assert broken_off("p/m", "EOF", received_text=False) == (
        "The AI model (p/m) didn't respond: EOF"
    )
    assert inactive("p", "m") == (
        "stream timeout due to inactivity: The AI model (p/m) is not responding"
    )
    assert error_finish("p", "m") == "The AI model (p/m) stopped streaming with an error status"
