"""Two clients of one org at the same time, with real threads and connections."""

import json
from functools import partial

import pytest

from tests.concurrency import together
from tests.factories import World
from tests.models_config.bodies import MODEL, PACK, PROVIDER, STATE
from tests.wire.client import ApiClient, StrictClient

ROUNDS = 5


def send(client: ApiClient | StrictClient, body: object) -> int:
    """Posts models; the status, whatever it is."""
    response = client.django.generic(
        "POST", "/custom_models", json.dumps(body), headers=client.headers()
    )
    return response.status_code


@pytest.mark.django_db(transaction=True)
def test_no_update_is_lost(world: World) -> None:
    ids = [f"model-{number}" for number in range(4)]
    bodies = [
        {"models": [MODEL | {"modelId": model_id}], "providers": [PROVIDER]} for model_id in ids
    ]
    assert together([partial(send, world.owner.api, body) for body in bodies]) == [200] * 4
    assert {model["modelId"] for model in world.owner.get("/custom_models").json} == set(ids)


@pytest.mark.django_db(transaction=True)
def test_a_model_can_not_go_while_someone_begins_to_use_it(world: World) -> None:
    """The CLI's empty state deletes the model that the other client's new pack needs."""
    for _ in range(ROUNDS):
        world.owner.post("/custom_models", STATE | {"modelPacks": []})
        statuses = together(
            [
                partial(send, world.owner.api, {"modelPacks": [PACK]}),
                partial(send, world.member, {}),
            ]
        )
        assert set(statuses) <= {200, 422}
        models = [model["modelId"] for model in world.owner.get("/custom_models").json]
        packs = world.owner.get("/model_sets").json
        assert not packs or MODEL["modelId"] in models
