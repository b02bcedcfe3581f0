"""Requests that make no sense, to every operation in both dialects: 4xx, never a failure."""

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from tests.factories import World
from tests.plans.factories import plan_make, user_of
from tests.wire.client import ApiClient, StrictClient
from tests.wire.described import description

Operation = dict[str, Any]
Clients = tuple[StrictClient, ApiClient]

OPERATIONS: list[tuple[str, str, Operation]] = [
    (method.upper(), path, operation)
    for path, methods in description()["paths"].items()
    for method, operation in methods.items()
    if path not in ("/schema", "/docs", "/metrics") and not path.startswith("/health/")
]
WITH_IDS = [one for one in OPERATIONS if "{" in one[1]]
WITH_QUERY = [
    one for one in OPERATIONS if any(each.get("in") == "query" for each in one[2]["parameters"])
]
WITH_BODY = [one for one in OPERATIONS if "requestBody" in one[2]]
# What begins a run is not sent anything that could begin one.
BEGIN_RUNS = {"tellPlan", "buildPlan"}
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
HOSTILE_IDS = (
    UNKNOWN_ID,
    "%00",
    f"{UNKNOWN_ID[:-1]}%00",
    "%FF%FE",
    "%ED%A0%80",
    "%F0%9F%A6%84",
    "..%5C..",
    "%20",
    "-1",
    "1e999",
    "x" * 5000,
)
NOT_JSON = (
    b"",
    b"{",
    b"\xff\xfe{}",
    b'{"name": "\xed\xa0\x80"}',
    b'"' + b"a" * 100,
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"1e999999",
    b"\x00",
)
NOT_A_BODY = (b"1", b'"text"', b"true", b"[[]]", b"[1]")
WRONG_VALUES: dict[str, tuple[object, ...]] = {
    "string": (1, True, {}, []),
    "boolean": (1, "true", {}, []),
    "integer": ("1", 1.5, True, {}),
    "number": ("1", True, {}),
    "array": ("text", 1, {}, [[[]]]),
    "object": ("text", 1, []),
}
HOSTILE_VALUES: dict[str, tuple[object, ...]] = {
    "string": ("\0", "a\0b", "\ud800", "x" * 100_000, "🦄", "../../etc/passwd", "%s%n", " "),
    "boolean": (True,),
    "integer": (-1, 2**31, 2**63, 10**40),
    "number": (-1, 10**40, 1e300),
    "array": ([], ["\0"], ["x"] * 1000),
    "object": ({}, {"\0": "\0"}, {"": ""}, {"a": "\0"}, {"a": {"a": "\0"}}),
}


def name_of(operation: tuple[str, str, Operation]) -> str:
    return str(operation[2]["operationId"])


@pytest.fixture
def clients(world: World, team_mode: None, monkeypatch: pytest.MonkeyPatch) -> Clients:
    """The owner in both dialects. Streaming views read on the test's own thread, where its
    transaction is."""
    monkeypatch.setattr("execution.streaming.in_thread", _in_this_thread)
    return world.owner, world.owner.api


async def _in_this_thread(function: Callable[..., Any], *args: object) -> Any:
    return await sync_to_async(function)(*args)


@pytest.fixture
def ids(world: World) -> dict[str, str]:
    """Ids that are in reach, so that a request gets as far as its body."""
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    known = {"planId": plan.pk, "projectId": world.project.id, "userId": world.member.user_id}
    return known | {"branch": "main"}


def path_of(template: str, ids: dict[str, str]) -> str:
    return re.sub(r"{(\w+)}", lambda found: ids.get(found[1], UNKNOWN_ID), template)


@pytest.mark.parametrize("operation", WITH_IDS, ids=name_of)
def test_ids(clients: Clients, ids: dict[str, str], operation: tuple[str, str, Operation]) -> None:
    method, template, _ = operation
    names = re.findall(r"{(\w+)}", template)
    for client, hostile, name in product(clients, HOSTILE_IDS, {names[0], names[-1]}):
        reply = client.probe(method, path_of(template, ids | {name: hostile}), b"{}")
        assert reply.status in (400, 404, 409), (name, hostile[:50], reply.text)


@pytest.mark.parametrize("operation", WITH_BODY, ids=name_of)
def test_bodies_that_are_none(
    clients: Clients, ids: dict[str, str], operation: tuple[str, str, Operation]
) -> None:
    method, template, details = operation
    path = path_of(template, ids)
    is_optional = not details["requestBody"]["required"]
    for client, body in product(clients, NOT_JSON[is_optional:] + NOT_A_BODY):
        assert 400 <= client.probe(method, path, body).status, body[:50]


@pytest.mark.parametrize("depth", [300, 600, 850, 950])
def test_values_of_any_kind_nested_deep(clients: Clients, ids: dict[str, str], depth: int) -> None:
    """JSON that is not too deep to be read, but maybe for what comes after."""
    fallbacks = '{"modelId": "m", "errorFallback": ' * depth + '"m"' + "}" * depth
    places = [
        ("POST", "/custom_models", '{"modelPacks": [%s]}'),
        ("POST", "/model_sets", '{"name": "x", "planner": %s}'),
        ("PUT", f"/plans/{ids['planId']}/config", '{"config": {"x": %s}}'),
    ]
    deep = "[" * depth + "]" * depth
    for client, (method, path, place), value in product(clients, places, (deep, fallbacks)):
        reply = client.probe(method, path, (place % value).encode())
        assert "recursion" not in reply.text


@pytest.mark.parametrize("operation", WITH_BODY, ids=name_of)
def test_wrong_types(
    clients: Clients, ids: dict[str, str], operation: tuple[str, str, Operation]
) -> None:
    method, template, details = operation
    for client, body in product(clients, bodies(details, WRONG_VALUES)):
        reply = client.probe(method, path_of(template, ids), body)
        assert 400 <= reply.status, body


@pytest.mark.parametrize(
    "operation", [one for one in WITH_BODY if name_of(one) not in BEGIN_RUNS], ids=name_of
)
def test_odd_values(
    clients: Clients, ids: dict[str, str], operation: tuple[str, str, Operation]
) -> None:
    method, template, details = operation
    for client, body in product(clients, bodies(details, HOSTILE_VALUES)):
        client.probe(method, path_of(template, ids), body)


@pytest.mark.parametrize("operation", WITH_QUERY, ids=name_of)
def test_odd_queries(
    clients: Clients, ids: dict[str, str], operation: tuple[str, str, Operation]
) -> None:
    method, template, details = operation
    names = [one["name"] for one in details["parameters"] if one.get("in") == "query"]
    values = ("", "%00", "%FF", "x" * 5000, "-1", UNKNOWN_ID)
    for client, name, value in product(clients, names, values):
        client.probe(method, f"{path_of(template, ids)}?{name}={value}")


@pytest.mark.parametrize("path", description()["paths"])
def test_wrong_methods(clients: Clients, ids: dict[str, str], path: str) -> None:
    allowed = {method.upper() for method in description()["paths"][path]}
    others = {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - allowed
    for client, method in product(clients, others):
        reply = client.probe(method, path_of(path, ids))
        assert reply.status == 405, method
        named = {word.strip() for word in reply.headers["Allow"].split(",")}
        assert named - {"HEAD", "OPTIONS"} == allowed


@pytest.mark.parametrize("path", ["/nowhere", "/plans/", "/%00", "/%FF", "//", "/orgs/x/y/z/0"])
def test_unknown_paths(clients: Clients, path: str) -> None:
    for client in clients:
        assert client.probe("GET", path).status == 404


def bodies(operation: Operation, values: dict[str, tuple[object, ...]]) -> Iterator[object]:
    """Bodies with one odd value each."""
    schema = resolved(operation["requestBody"]["content"]["application/json"]["schema"])
    if schema["type"] == "array":
        for listed in objects(resolved(schema["items"]), values):
            yield [listed]
    elif "properties" in schema:
        yield from objects(schema, values)
    else:
        for item in objects(resolved(schema["additionalProperties"]), values):
            yield {UNKNOWN_ID: item}


def objects(
    schema: Operation, values: dict[str, tuple[object, ...]], seen: tuple[Operation, ...] = ()
) -> Iterator[dict[str, object]]:
    """Nested shapes are looked into once each."""
    nested: list[Operation] = []
    for name, field in schema["properties"].items():
        options = [resolved(option) for option in field.get("anyOf", [field])]
        kinds = {option["type"] for option in options if option.get("type") in values}
        if len(kinds) == 1:
            yield from ({name: value} for value in values[kinds.pop()])
        for option in options:
            if "properties" in option and option not in (*seen, *nested):
                nested.append(option)
                for item in objects(option, values, (*seen, *nested)):
                    yield {name: item}


def resolved(schema: Operation) -> Operation:
    if "$ref" not in schema:
        return schema
    found: Operation = description()["components"]["schemas"][schema["$ref"].split("/")[-1]]
    return found
