"""A small, repeatable sample of what schemathesis finds to send: what the API description allows is
taken, what it forbids is refused, in both dialects. `benchmarks/schema_fuzz.py` is the whole."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core import NotSet
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from tests.factories import World
from tests.plans.factories import plan_make, user_of
from tests.wire.described import description

EXAMPLES = 2
STREAMS = {"tellPlan", "buildPlan", "connectPlan"}
# Whether these can be done depends on what is stored; a well-formed one may be refused.
DEPENDING = {
    "autoLoadContext",
    "createModelPack",
    "inviteUser",
    "loadContext",
    "setPrice",
    "setProviderKey",
    "updateDefaultSettings",
    "updateModelPack",
    "updateSettings",
    "upsertCustomModels",
}
SAMPLED = settings(
    derandomize=True,
    max_examples=EXAMPLES,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def operations() -> dict[str, APIOperation[Any, Any, Any, Any]]:
    schema = schemathesis.openapi.from_dict(description())
    found = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    return {one.definition.raw["operationId"]: one for one in found}


OPERATIONS = {
    name: operation
    for name, operation in operations().items()
    if name not in STREAMS and operation.body
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_sample(world: World, team_mode: None, name: str) -> None:
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    ids = {"planId": plan.id, "projectId": world.project.id, "branch": "main"}
    operation = OPERATIONS[name]
    known = {one.name: ids[one.name] for one in operation.path_parameters if one.name in ids}

    def check(case: Case[Any]) -> None:
        body = None if isinstance(case.body, NotSet) else case.body
        for client in (world.owner, world.owner.api):
            status = client.probe(case.method, case.formatted_path, body).status
            if is_forbidden(case):
                assert status >= 400, body
            elif name not in DEPENDING:
                assert status < 400 or status in (401, 403, 404, 409, 429), body

    for mode in GenerationMode:
        strategy = operation.as_strategy(generation_mode=mode, path_parameters=known)
        SAMPLED(given(strategy)(check))()


def is_forbidden(case: Case[Any]) -> bool:
    """Whether it is the body that the description forbids."""
    assert case.meta is not None
    part = case.meta.components.get(ParameterLocation.BODY)
    return part is not None and part.mode is GenerationMode.NEGATIVE
