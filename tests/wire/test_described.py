"""The check against the description refuses what is not described."""

import pytest

from tests.wire.described import check_described

JSON = {"Content-Type": "application/json"}
TEXT = {"Content-Type": "text/plain; charset=utf-8"}
PROJECT = b'[{"id":"1","name":"a","orgId":"2","createdAt":"2025-01-01T00:00:00Z"}]'


def test_what_is_described_passes() -> None:
    check_described("GET", "/projects?a=b", 200, JSON, PROJECT)
    check_described("GET", "/projects", 401, TEXT, b"Invalid auth token\n")
    check_described("DELETE", "/plans/1/main/context", 204, TEXT, b"")
    check_described("GET", "/plans/1/main/context/2/body", 200, JSON, b'{"body":""}')


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (201, JSON, PROJECT),
        (409, TEXT, b"no"),
        (200, TEXT, PROJECT),
        (200, JSON, PROJECT.replace(b'"orgId"', b'"org"')),
        (200, JSON, PROJECT.replace(b'"a"', b"1")),
        (200, JSON, PROJECT[1:-1]),
        (401, JSON, b'{"code":"no","message":"","details":{}}'),
        (401, JSON, b"{}"),
    ],
)
def test_what_is_not_described_fails(status: int, headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(AssertionError):
        check_described("GET", "/projects", status, headers, body)


def test_an_unknown_path_is_not_looked_at() -> None:
    check_described("GET", "/nowhere", 404, TEXT, b"")
