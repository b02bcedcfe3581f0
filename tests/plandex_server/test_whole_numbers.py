"""`1.0` is an integer for JSON Schema, so it is one for the server that a schema describes."""

import pytest

from tests.factories import World
from tests.models_config.bodies import MODEL, PROVIDER


@pytest.mark.parametrize(("sent", "stored"), [(3.0, 3), (3e0, 3), (3, 3)])
def test_a_whole_number_is_an_integer(world: World, sent: float, stored: int) -> None:
    config = {"autoMode": "custom", "autoDebugTries": sent}
    world.owner.put("/default_plan_config", {"config": config})
    found = world.owner.get("/default_plan_config").json["config"]["autoDebugTries"]
    assert found == stored
    assert isinstance(found, int)


def test_deep_in_lists(world: World) -> None:
    model = MODEL | {"maxTokens": 1e6}
    world.owner.post("/custom_models", {"models": [model], "providers": [PROVIDER]})
    assert world.owner.get("/custom_models").json[0]["maxTokens"] == 1_000_000


@pytest.mark.parametrize("sent", [3.5, 1e30, -1e300, True, "3"])
def test_other_numbers_are_none(world: World, sent: object) -> None:
    body = {"config": {"autoMode": "custom", "autoDebugTries": sent}}
    refusal = world.owner.put("/default_plan_config", body, status=400)
    assert "int" in refusal.text
