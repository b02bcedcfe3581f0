from typing import Any

import pytest

from models_config.logic.builtin_packs import builtin_packs, default_pack
from models_config.logic.pack_json import pack_to_wire, roles_to_wire
from tests.factories import World
from tests.models_config.bodies import STATE, without

SEED_KEYS = {"planner", "coder", "builder", "summarizer", "verifier", "contextLoader"}


def test_it_works(world: World) -> None:
    world.owner.post("/custom_models", STATE)
    [pack] = world.owner.get("/model_sets").json
    assert pack["planner"]["modelId"] == "deepseek/r1"
    listed = world.owner.api.get("/model_sets").json
    assert [one["name"] for one in listed] == [*builtin_packs(), "mine"]
    assert listed[-1]["planner"] == "deepseek/r1"
    assert listed[-1]["id"] == pack["id"]
    assert listed[-1]["roles"] == {
        key: value for key, value in pack.items() if key in roles_to_wire(default_pack())
    }


def test_every_pack_has_the_keys_of_the_description(world: World) -> None:
    for pack in world.owner.api.get("/model_sets").json:
        assert all(isinstance(pack[key], str) and pack[key] for key in SEED_KEYS)
        assert pack["id"]


def test_the_cli_is_sent_elsewhere(world: World) -> None:
    reply = world.owner.post("/model_sets", {"name": "x"}, status=400)
    assert reply.text == "Use POST /custom_models instead to create model packs\n"
    reply = world.owner.put("/model_sets/x", {"name": "x"}, status=400)
    assert reply.text == "Use POST /custom_models instead to update model packs\n"


def test_create_and_update(world: World) -> None:
    api = world.owner.api
    body = {"name": "new", "planner": "openai/o3-low", "summarizer": "openai/gpt-4.1"}
    created = api.post("/model_sets", body, status=201).json
    assert created["planner"] == "openai/o3-low"
    assert created["summarizer"] == "openai/gpt-4.1"
    # Roles that were not sent are the default pack's.
    assert created["roles"]["builder"] == roles_to_wire(default_pack())["builder"]
    [listed] = world.owner.get("/model_sets").json
    assert listed["id"] == created["id"]

    changed = {"verifier": "openai/gpt-4.1", "description": "d", "name": "renamed"}
    updated = api.put(f"/model_sets/{created['id']}", changed, status=200).json
    assert without(updated, "verifier", "description", "name", "roles") == without(
        created, "verifier", "description", "name", "roles"
    )
    assert (updated["verifier"], updated["name"]) == ("openai/gpt-4.1", "renamed")
    assert updated["roles"]["wholeFileBuilder"]["modelId"] == "openai/gpt-4.1"
    assert updated["roles"]["namer"] == created["roles"]["namer"]
    assert world.owner.get("/model_sets").json[0]["description"] == "d"


def test_what_was_read_can_be_sent_back(world: World) -> None:
    api = world.owner.api
    role = {"modelId": "openai/o3-low", "temperature": 0.9, "errorFallback": "openai/gpt-4.1"}
    created = api.post("/model_sets", {"name": "new", "roles": {"planner": role}}).json
    path = f"/model_sets/{created['id']}"
    assert api.put(path, created).json == created
    assert api.put(path, without(created, "roles")).json == created
    assert api.put(path, {}).json == created


def test_both_forms_at_once(world: World) -> None:
    body = {"name": "new", "planner": "openai/o3-low", "roles": {"planner": "openai/o3-high"}}
    assert world.owner.api.post("/model_sets", body).json["planner"] == "openai/o3-high"


def test_a_pack_of_the_clis_form(world: World) -> None:
    body = pack_to_wire(builtin_packs()["strong"]) | {"name": "new"}
    created = world.owner.api.post("/model_sets", body, status=201).json
    assert created["roles"] == roles_to_wire(builtin_packs()["strong"])


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({}, 400, "Model pack name is required"),
        (
            {"name": "strong"},
            422,
            "strong is a built-in model pack name, so it can't be used for a custom model pack",
        ),
        (
            {"name": "n", "planner": "no"},
            422,
            "'no' is not built-in, not being imported, and not an existing custom model",
        ),
        ({"name": "taken"}, 409, "A model pack named taken already exists"),
        ({"name": "n", "localProvider": "no"}, 422, "'no' is not a local model provider"),
    ],
)
def test_refused(world: World, body: dict[str, Any], status: int, message: str) -> None:
    api = world.owner.api
    api.post("/model_sets", {"name": "taken"}, status=201)
    assert api.post("/model_sets", body, status=status).json["message"] == message
    other = api.post("/model_sets", {"name": "other"}).json
    if body:
        reply = api.put(f"/model_sets/{other['id']}", body, status=status)
        assert reply.json["message"] == message


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"name": 1}', b'{"name": "a\\u0000"}'])
def test_malformed(world: World, body: bytes) -> None:
    api = world.owner.api
    made = api.post("/model_sets", {"name": "other"}).json
    api.post("/model_sets", body, status=400)
    api.put(f"/model_sets/{made['id']}", body, status=400)


def test_unknown_built_in_and_foreign_packs(world: World) -> None:
    made = world.owner.api.post("/model_sets", {"name": "other"}).json
    world.stranger.api.put(f"/model_sets/{made['id']}", {}, status=404)
    world.owner.api.put("/model_sets/no", {}, status=404)
    world.owner.api.put("/model_sets/%00", {}, status=404)
    reply = world.owner.api.put("/model_sets/strong", {}, status=422)
    assert reply.json["message"] == "strong is a built-in model pack, so it can't be changed"
