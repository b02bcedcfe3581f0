"""The strict client itself: it refuses what the CLI would refuse."""

import json
from typing import Any

import pytest

from tests.wire.kinds import INT, TIME, Kind, ListOf, Maybe, Obj, Refused
from tests.wire.logs import check_logs, log_entries
from tests.wire.strictness import check_reply

JSON = {"Content-Type": "application/json"}
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
ORG = {"id": "1", "name": "Org", "isTrial": False, "autoAddDomainUsers": False}


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


def test_it_works() -> None:
    check_reply("GET", "/orgs", 200, PLAIN, encoded([ORG | {"createdAt": "whatever"}]))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        encoded({"orgs": [ORG]}),
        encoded([None]),
        encoded([ORG | {"name": 5}]),
        encoded([ORG | {"isTrial": "false"}]),
        encoded([ORG | {"isTrial": None}]),
        encoded([ORG | {"Name": "twice"}]),
        encoded([{"id": "1"}]),
    ],
)
def test_refuses_a_body_that_does_not_decode(body: bytes) -> None:
    with pytest.raises(Refused):
        check_reply("GET", "/orgs", 200, JSON, body)


@pytest.mark.parametrize(
    "moment",
    [
        "",
        "2025-01-02 03:04:05Z",
        "2025-01-02T03:04:05",
        "2025-01-02T03:04:05+0000",
        "2025-13-02T03:04:05Z",
        "2025-01-02T03:04:05.Z",
        1735787045,
    ],
)
def test_refuses_times_without_a_zone(moment: object) -> None:
    with pytest.raises(Refused):
        TIME.check(moment, "time")


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00Z", "2025-01-02T03:04:05.123456789Z", "2025-01-02T03:04:05+00:00"],
)
def test_accepts_times_with_a_zone(moment: str) -> None:
    TIME.check(moment, "time")


@pytest.mark.parametrize(
    ("kind", "value"),
    [(INT, 1.0), (INT, True), (INT, None), (Maybe(INT), "1"), (ListOf(INT), {}), (Obj({}), [])],
)
def test_refuses_wrong_types(kind: Kind, value: object) -> None:
    with pytest.raises(Refused):
        kind.check(value, "value")


ERROR = {"type": "invalid_token", "status": 401, "msg": "Invalid auth token"}


def test_accepts_errors_in_the_two_forms() -> None:
    check_reply("GET", "/orgs", 401, JSON, encoded(ERROR))
    check_reply("GET", "/orgs", 404, PLAIN, b"There is nothing.\n")


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (401, {"Content-Type": "application/json; charset=utf-8"}, encoded(ERROR)),
        (401, JSON, encoded({"detail": "Invalid token."})),
        (401, JSON, encoded(ERROR | {"type": "other"})),
        (401, JSON, encoded(ERROR | {"status": 400})),
        (401, JSON, encoded(ERROR | {"msg": "100% wrong"})),
        (404, {"Content-Type": "text/html"}, b"<h1>Not Found</h1>"),
        (404, PLAIN, b"\n"),
        (404, PLAIN, encoded({"detail": "Not found."})),
        (502, PLAIN, b"Bad gateway\n"),
        (503, PLAIN, b"Unavailable\n"),
        (504, PLAIN, b"Timeout\n"),
        (302, PLAIN, b""),
    ],
)
def test_refuses_other_errors(status: int, headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(Refused):
        check_reply("GET", "/orgs", status, headers, body)


def test_refuses_users_without_a_membership() -> None:
    user = {"id": "u", "name": "", "email": "", "isTrial": False, "numNonDraftPlans": 0}
    member = {"orgId": "o", "userId": "u", "orgRoleId": "r"}
    whole: dict[str, Any] = {"users": [user], "orgUsersByUserId": {"u": member}}
    check_reply("GET", "/users", 200, JSON, encoded(whole))
    with pytest.raises(Refused):
        check_reply("GET", "/users", 200, JSON, encoded(whole | {"orgUsersByUserId": {}}))


def test_refuses_a_requested_plan_without_branch() -> None:
    request = {"currentBranchByPlanId": {"p": "main"}}
    path = "/projects/1/plans/current_branches"
    with pytest.raises(Refused):
        check_reply("POST", path, 200, JSON, b"{}", request)


ENTRY = "📝 Update 1a2b3c4 | Mon Jan 5, 2026 | 3:04:05pm UTC\nMessage #1 | 💬 User prompt"


def test_reads_logs_as_rewind_does() -> None:
    body = f"{ENTRY}\n\n• a task\n\n{ENTRY.replace('1a2b3c4', '5d6e7f8')}"
    assert [entry.sha for entry in log_entries(body)] == ["1a2b3c4", "5d6e7f8"]
    check_logs([], "")


@pytest.mark.parametrize(
    ("shas", "body"),
    [
        (["1a2b3c4"], f"{ENTRY}\n\na | b\nsecond line"),
        (["1a2b3c4"], ENTRY.replace("3:04:05pm", "15:04:05")),
        (["5d6e7f8"], ENTRY),
        ([], ENTRY),
    ],
)
def test_refuses_logs_that_crash_rewind(shas: list[str], body: str) -> None:
    with pytest.raises(Refused):
        check_logs(shas, body)
