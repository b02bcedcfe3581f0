"""A sample of what schemathesis sends: a body that the API description allows is taken, and one
that it forbids is refused, in both dialects. `benchmarks/schema_fuzz.py` tries many more."""

from collections import defaultdict
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from plandex_server.api.times import moment_of
from tests.factories import World
from tests.plandex_server.schema_cases import written
from tests.plandex_server.test_hostile_requests import WITH_BODY, name_of, path_of
from tests.plans.factories import plan_make, user_of
from tests.wire.described import description

AGAIN = "write them again: python -m tests.plandex_server.schema_cases"
STREAMS = {"tellPlan", "buildPlan", "connectPlan"}
# Whether these can be done depends on what is stored; a well-formed one may be refused.
DEPENDING = {
    "autoLoadContext",
    "createModelPack",
    "inviteUser",
    "loadContext",
    "setBudget",
    "setPrice",
    "setProviderKey",
    "updateDefaultSettings",
    "updateModelPack",
    "updateSettings",
    "upsertCustomModels",
}
OPERATIONS = {name_of(one): one for one in WITH_BODY if name_of(one) not in STREAMS}
BODIES: dict[str, list[object]] = defaultdict(list)
for _name, _body in written():
    BODIES[_name].append(_body)


def is_moment(value: object) -> bool:
    return not isinstance(value, str) or moment_of(value) is not None


formats = FormatChecker(formats=())
formats.checks("date-time")(is_moment)


@cache
def validator(name: str) -> Draft202012Validator:
    _, _, operation = OPERATIONS[name]
    schema: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["schema"]
    parts = {"components": description()["components"]}
    return Draft202012Validator({**schema, **parts}, format_checker=formats)


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_server_agrees_with_the_description(world: World, team_mode: None, name: str) -> None:
    method, template, _ = OPERATIONS[name]
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    ids = {"planId": plan.id, "projectId": world.project.id, "branch": "main"}
    for client in (world.owner, world.owner.api):
        for body in BODIES[name]:
            reply = client.probe(method, path_of(template, ids), body)
            if not validator(name).is_valid(body):
                assert reply.status >= 400, body
            elif name not in DEPENDING:
                assert reply.status < 400 or reply.status in (401, 403, 404, 409, 429), (
                    reply.text,
                    body,
                )


def test_there_are_bodies_of_both_kinds() -> None:
    """For an operation or two schemathesis finds only queries that are forbidden."""
    kinds = {name: {validator(name).is_valid(body) for body in BODIES[name]} for name in OPERATIONS}
    assert all(True in found for found in kinds.values()), AGAIN
    assert sum(False in found for found in kinds.values()) >= len(OPERATIONS) - 3, AGAIN
