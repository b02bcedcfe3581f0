"""Bodies that are more or other than JSON, and things that are gone, for every operation in both
dialects: a clear 4xx in the caller's dialect, never a failure."""

import asyncio
import gzip

import pytest
from pytest_django import Settings

from tests.execution.runs.exchange import Exchange
from tests.factories import World
from tests.plandex_server.test_hostile_requests import (
    BEGIN_RUNS,
    OPERATIONS,
    UNKNOWN_ID,
    WITH_BODY,
    Clients,
    Operation,
    clients,
    ids,
    name_of,
    path_of,
)
from tests.plans.factories import plan_make, user_of
from tests.wire.client import ApiClient, StrictClient

__all__ = ["clients", "ids"]  # fixtures

DEEP = 50_000
NOT_JSON = (
    gzip.compress(b"{}"),
    "{}".encode("utf-16"),
    "{}".encode("utf-32"),
    b"\xef\xbb\xbf\xef\xbb\xbf{}",
    b"{} {}",
    b"{},",
    b"{'name': 'x'}",
    b'{"name": NaN}',
    b'{"name": Infinity}',
    b'{"name": 01}',
    b'{"name": "\x01"}',
    b'{"name": "\\x41"}',
    b'{"name": "\\ud800}',
    b'{"name": "x"} // comment',
    b"name=x&name=y",
    b"--a\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--a--",
    b"<name>x</name>",
)
ODD_JSON = (
    b'{"name": "a", "name": "b", "NAME": "c"}',
    b'{"name": "\\ud800", "\\udfff": "\\udfff\\ud800"}',
    b'{"": {"": [null, {"": null}]}, "\\u0000": "\\u0000"}',
    b'{"name": ' + b"9" * 5000 + b"}",
    b'{"name": -1e400, "config": 1e-400}',
    b'{"name": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    b'{"config": ' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}",
    b"[" + b"null," * 20_000 + b"null]",
    b"[null, 1, [], {}]",
)
CONTENT_TYPES = (
    "",
    "text/plain",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "\x01",
)
OF_A_PLAN = [one for one in OPERATIONS if "{planId}" in one[1]]


def sent(
    client: StrictClient | ApiClient, method: str, path: str, body: bytes, **headers: str
) -> int:
    """The status of an answer that is no failure and, as a refusal, in the client's dialect."""
    response = client.django.generic(
        method,
        path,
        body,
        content_type=headers.pop("content_type", "application/json"),
        headers=client.headers() | headers,
    )
    assert response.status_code < 500, body[:100]
    if response.status_code >= 400:
        is_json = response.headers["Content-Type"] == "application/json"
        assert is_json == isinstance(client, ApiClient), response.headers
        assert response.content
    return response.status_code


@pytest.mark.parametrize("operation", WITH_BODY, ids=name_of)
def test_what_is_no_json(
    clients: Clients, ids: dict[str, str], operation: tuple[str, str, Operation]
) -> None:
    method, template, _ = operation
    for client in clients:
        for body in NOT_JSON:
            assert sent(client, method, path_of(template, ids), body) >= 400, body


@pytest.mark.parametrize(
    "operation", [one for one in WITH_BODY if name_of(one) not in BEGIN_RUNS], ids=name_of
)
def test_odd_json(
    clients: Clients, ids: dict[str, str], operation: tuple[str, str, Operation]
) -> None:
    method, template, _ = operation
    for client in clients:
        for body in ODD_JSON:
            sent(client, method, path_of(template, ids), body)


@pytest.mark.parametrize("operation", WITH_BODY, ids=name_of)
def test_content_types_do_not_matter(
    clients: Clients, ids: dict[str, str], operation: tuple[str, str, Operation]
) -> None:
    method, template, _ = operation
    path = path_of(template, ids)
    for client in clients:
        statuses = {
            sent(client, method, path, b"[1", content_type=content_type)
            for content_type in CONTENT_TYPES
        }
        assert len(statuses) == 1
        # What is compressed is not unpacked.
        assert (
            sent(client, method, path, gzip.compress(b"{}"), **{"Content-Encoding": "gzip"}) >= 400
        )


@pytest.mark.django_db(transaction=True)
def test_bodies_that_are_too_large(world: World, settings: Settings) -> None:
    settings.MAX_BODY_BYTES = settings.MAX_STREAM_BODY_BYTES = settings.MAX_SMALL_BODY_BYTES = 10

    async def statuses() -> set[int]:
        requests = [
            Exchange(method, path_of(template, {}), client.headers(), b'{"name": "too long"}')
            for method, template, _ in WITH_BODY
            for client in (world.owner, world.owner.api)
        ]
        return {(await request.reply()).status for request in requests}

    assert asyncio.run(statuses()) == {413}


@pytest.mark.parametrize("operation", OF_A_PLAN, ids=name_of)
def test_a_plan_that_is_deleted(
    clients: Clients, world: World, operation: tuple[str, str, Operation]
) -> None:
    method, template, _ = operation
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    path = path_of(template, {"planId": plan.pk, "branch": "main", "sha": "0" * 8})
    world.owner.delete(f"/plans/{plan.pk}")
    for client in clients:
        # Some look at the body first.
        assert sent(client, method, path, b"{}") in (400, 404)


@pytest.mark.parametrize(
    "operation", [one for one in OF_A_PLAN if "{branch}" in one[1]], ids=name_of
)
def test_a_branch_that_is_deleted(
    clients: Clients, world: World, operation: tuple[str, str, Operation]
) -> None:
    method, template, _ = operation
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    world.owner.post(f"/plans/{plan.pk}/main/branches", {"name": "side"})
    world.owner.delete(f"/plans/{plan.pk}/branches/side")
    path = path_of(template, {"planId": plan.pk, "branch": "side", "contextId": UNKNOWN_ID})
    for client in clients:
        # Some look at the body first.
        assert sent(client, method, path, b"{}") in (400, 404)
