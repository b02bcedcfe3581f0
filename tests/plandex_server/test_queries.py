"""Query parameters: what is there is held to the description, what is not has its default."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict

from plandex_server.api.queries import (
    query_choice,
    query_day,
    query_int,
    query_text,
    query_time,
)
from plandex_server.errors import BadRequest

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T12:00:00Z", NOON),
        ("2026-01-31T13:30:00%2B01:30", NOON),
        ("2026-01-31T12:00:00.123456789Z", NOON.replace(microsecond=123456)),
        ("2026-01-31", NOON.replace(hour=0)),
        ("0001-01-01T00:00:00%2B23:59", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59-23:59", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_times(text: str, moment: datetime) -> None:
    assert query_time(QueryDict(f"at={text}"), "at") == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-01-31T12:00:00",
        "2026-01-31 12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-01-31T12:00:00%2B24:00",
        "20260131T120000Z",
        "20260131",
        "2026-02-30",
        "2026-W05-6",
        "2026-01-31T12:00:00Z%00",
        "٢٠٢٦-٠١-٣١",
    ],
)
def test_what_is_no_time(text: str) -> None:
    query = QueryDict(f"at={text}")
    for read in (query_time, query_day):
        with pytest.raises(BadRequest, match=r"^at must be "):
            read(query, "at")


def test_days() -> None:
    assert query_day(QueryDict("on=2026-01-31"), "on") == date(2026, 1, 31)


@pytest.mark.parametrize(
    "text", ["", "0", "11", "-1", "1.0", "1e1", "+1", "٣", "12345678901234567890", "9" * 5000]
)
def test_what_is_no_number_in_range(text: str) -> None:
    with pytest.raises(BadRequest, match="from 1 to 10"):
        query_int(QueryDict(f"n={text}"), "n", 5, minimum=1, maximum=10)


def test_numbers() -> None:
    assert query_int(QueryDict("n=10"), "n", 5, minimum=1, maximum=10) == 10


@pytest.mark.parametrize(
    "read",
    [
        lambda query: query_choice(query, "x", ("a", "b"), "b"),
        lambda query: query_text(query, "x"),
    ],
)
def test_texts(read: Callable[[QueryDict], str]) -> None:
    assert read(QueryDict("x=a")) == "a"
    with pytest.raises(BadRequest):
        read(QueryDict("x=%00"))


def test_defaults() -> None:
    nothing = QueryDict("")
    assert query_time(nothing, "x") is None
    assert query_day(nothing, "x") is None
    assert query_int(nothing, "x", 5, minimum=1, maximum=10) == 5
    assert query_choice(nothing, "x", ("a", "b"), "b") == "b"
    assert query_text(nothing, "x") == ""
