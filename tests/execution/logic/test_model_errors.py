from datetime import UTC, datetime, timedelta

import pytest

from execution.logic.model_errors import (
    ModelErrorKind,
    connection_error,
    http_error,
    unsupported,
)

NOW = datetime(2026, 1, 5, 15, 4, 5, tzinfo=UTC)
OTHER, LIMITED = ModelErrorKind.OTHER, ModelErrorKind.RATE_LIMITED
TOO_LONG, QUOTA = ModelErrorKind.CONTEXT_TOO_LONG, ModelErrorKind.QUOTA_EXHAUSTED


@pytest.mark.parametrize(
    ("status", "headers", "text", "kind", "retriable", "wait"),
    [
        pytest.param(429, {}, "Rate limit reached", LIMITED, True, None, id="E01"),
        pytest.param(429, {"Retry-After": "7"}, "x", LIMITED, True, 7.0, id="E02"),
        pytest.param(429, {"Retry-After": "45"}, "x", LIMITED, False, None, id="E03"),
        pytest.param(529, {}, '{"retry_after_ms": 2500}', LIMITED, True, 2.5, id="E04"),
        pytest.param(
            429, {"Retry-After": f"Mon, 1 Jan {10**20} 00:00 GMT"}, "x", LIMITED, True, None
        ),
        pytest.param(503, {}, "Please try again in 4 seconds.", OTHER, True, 4.0, id="E05"),
        pytest.param(503, {}, "please retry after 3s", OTHER, True, 3.0, id="E06"),
        pytest.param(503, {}, "try again in 1.5s", OTHER, True, 1.5, id="E07"),
        pytest.param(500, {}, "boom", OTHER, True, None, id="E08"),
        pytest.param(501, {}, "", OTHER, False, None, id="E09"),
        pytest.param(400, {}, "bad request", OTHER, False, None, id="E10"),
        pytest.param(400, {}, "Provider returned error", OTHER, True, None, id="E11"),
        pytest.param(413, {}, "", TOO_LONG, False, None, id="E12"),
        pytest.param(
            400,
            {},
            "This model's maximum context length is 8192 tokens",
            TOO_LONG,
            False,
            None,
            id="E13",
        ),
        pytest.param(
            400,
            {},
            "cache control is not supported",
            ModelErrorKind.CACHE_SUPPORT,
            True,
            None,
            id="E14",
        ),
        pytest.param(
            500,
            {"Retry-After": "5"},
            "overloaded_error",
            ModelErrorKind.OVERLOADED,
            True,
            None,
            id="E15",
        ),
        pytest.param(401, {}, "no", OTHER, False, None, id="E18"),
        pytest.param(429, {}, "Too many tokens, please wait", LIMITED, True, None, id="pace"),
        pytest.param(400, {}, "Too many tokens: 9 of 8", TOO_LONG, False, None, id="size"),
        pytest.param(503, {}, "retry in 250 ms", OTHER, True, 0.25, id="milliseconds"),
        pytest.param(503, {}, "try again in 2 minutes", OTHER, True, 2.0, id="unknown unit"),
        pytest.param(505, {}, "", OTHER, False, None, id="version"),
    ],
)
def test_http_errors(
    status: int,
    headers: dict[str, str],
    text: str,
    kind: ModelErrorKind,
    retriable: bool,
    wait: float | None,
) -> None:
    error = http_error(status, text, headers)
    assert (error.kind, error.retriable, error.retry_after) == (kind, retriable, wait)
    assert (error.status, str(error)) == (status, text)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "Mon, 05 Jan 2026 15:04:09 GMT"}, 4.0),
        ({"retry-after": "Mon, 05 Jan 2026 15:04:01 GMT"}, 0.0),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 6)}, 6.0),
        ({"X-RateLimit-Reset": str((int(NOW.timestamp()) + 6) * 1000)}, 6.0),
        ({"retry-after": "nonsense"}, None),
        ({"retry-after": "3", "x-ratelimit-reset": str(int(NOW.timestamp()) + 6)}, 3.0),
    ],
)
def test_waits_in_headers(headers: dict[str, str], wait: float | None) -> None:
    assert http_error(429, "", headers, now=NOW).retry_after == wait


def test_times_are_measured_against_the_date_of_the_answer() -> None:
    headers = {
        "Date": "Mon, 05 Jan 2026 15:04:05 GMT",
        "Retry-After": "Mon, 05 Jan 2026 15:04:08 GMT",
    }
    assert http_error(429, "", headers).retry_after == 3.0
    assert http_error(429, "", headers, now=NOW + timedelta(hours=1)).retry_after == 3.0
    assert http_error(429, "", {"Retry-After": headers["Retry-After"]}).retry_after is None


@pytest.mark.parametrize(
    ("headers", "retriable", "wait"),
    [
        pytest.param({}, False, None, id="E16"),
        pytest.param({"Retry-After": "3600"}, True, 600.0, id="E17, capped"),
        pytest.param({"Retry-After": "30"}, True, 30.0, id="below the cap"),
    ],
)
def test_used_up_subscriptions(
    headers: dict[str, str], retriable: bool, wait: float | None
) -> None:
    error = http_error(429, "", headers, is_subscription=True)
    assert (error.kind, error.retriable, error.retry_after) == (QUOTA, retriable, wait)


@pytest.mark.parametrize(
    ("text", "kind", "retriable"),
    [
        pytest.param("context canceled", OTHER, False, id="E19"),
        pytest.param("connection reset by peer", OTHER, True, id="E20"),
        ("context deadline exceeded", OTHER, False),
        ("status 401: no such key", OTHER, False),
        ("status 400: please reduce the length of the messages", OTHER, False),
        ("status 429: you exceeded your current quota", OTHER, False),
        ("status 429: slow down", OTHER, True),
        ("the input is too long", TOO_LONG, False),
        ("overloaded_error", ModelErrorKind.OVERLOADED, True),
    ],
)
def test_errors_without_a_status(text: str, kind: ModelErrorKind, retriable: bool) -> None:
    error = connection_error(text)
    assert (error.kind, error.retriable, error.status) == (kind, retriable, None)


def test_unsupported_calls_are_final() -> None:
    assert not unsupported("not here").retriable
