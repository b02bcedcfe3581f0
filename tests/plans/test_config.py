"""The config of a plan and the one a user's next plans start with."""

import pytest

from tests.factories import World
from tests.plans.factories import plan_make, user_of
from tests.wire.client import StrictClient


def create(client: StrictClient, world: World, name: str) -> str:
    made = client.post(f"/projects/{world.project.id}/plans", {"name": name}).json
    return f"/plans/{made['id']}/config"


def test_it_works(world: World) -> None:
    path = create(world.owner, world, "one")
    config = world.owner.get(path).json["config"]
    assert config["autoMode"] == "semi"
    changed = config | {"autoMode": "custom", "autoApply": True, "editorArgs": ["-w"]}
    reply = world.owner.put(path, {"config": changed}, status=200)
    assert reply.body == b""
    assert world.owner.get(path).json["config"] == changed


def test_a_config_is_replaced_as_a_whole(world: World) -> None:
    path = create(world.owner, world, "one")
    world.owner.put(path, {"config": {"AUTOMODE": "none", "unknown": 1}})
    config = world.owner.get(path).json["config"]
    assert config["autoMode"] == "none"
    assert config["autoBuild"] is False
    assert "unknown" not in config


def test_no_config_is_the_default(world: World) -> None:
    path = create(world.owner, world, "one")
    default = world.owner.get(path).json
    world.owner.put(path, {"config": {"autoMode": "none"}})
    world.owner.put(path, {"config": None})
    assert world.owner.get(path).json == default
    world.owner.put(path, {"config": {"autoMode": "none"}})
    world.owner.put(path, {})
    assert world.owner.get(path).json == default


def test_the_name_of_the_api_for_auto_context(world: World) -> None:
    path = create(world.owner, world, "one")
    config = world.owner.api.get(path).json["config"]
    assert config["autoContext"] is config["autoLoadContext"] is True
    world.owner.api.put(path, {"config": config | {"autoLoadContext": False}})
    config = world.owner.get(path).json["config"]
    assert config["autoContext"] is config["autoLoadContext"] is False
    world.owner.put(path, {"config": config | {"autoContext": True}})
    assert world.owner.get(path).json["config"]["autoLoadContext"] is True


def test_bad_configs(world: World) -> None:
    path = create(world.owner, world, "one")
    for body in (b"{", {"config": 5}, {"config": {"autoBuild": "yes"}}):
        reply = world.owner.put(path, body, status=400)
        assert reply.text.startswith("Error decoding request body")
        reply = world.owner.put("/default_plan_config", body, status=400)
        assert reply.text.startswith("Error decoding request body")


def test_the_default_is_the_users_and_copied_into_new_plans(world: World) -> None:
    before = create(world.owner, world, "before")
    default = world.owner.get("/default_plan_config").json["config"]
    assert default["autoMode"] == "semi"
    full = default | {"autoMode": "full", "autoApply": True}
    assert world.owner.put("/default_plan_config", {"config": full}, status=200).body == b""
    assert world.owner.get("/default_plan_config").json["config"] == full
    assert world.member.get("/default_plan_config").json["config"] == default
    after = create(world.owner, world, "after")
    assert world.owner.get(before).json["config"] == default
    assert world.owner.get(after).json["config"] == full
    world.owner.put("/default_plan_config", {"config": None})
    assert world.owner.get("/default_plan_config").json["config"] == default
    assert world.owner.get(after).json["config"] == full


def test_a_plan_shows_its_config(world: World) -> None:
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    config = world.owner.get(f"/plans/{plan.id}/config").json["config"]
    assert world.owner.get(f"/plans/{plan.id}").json["planConfig"] == config


@pytest.mark.parametrize("path", ["/plans/{plan}/config", "/default_plan_config"])
def test_a_nul_matters_where_it_would_be_stored(world: World, path: str) -> None:
    path = path.format(plan=plan_make(project=world.project, owner=user_of(world.owner)).id)
    world.owner.put(path, {"config": {"autoMode": "custom", "odd\0": ["\0"]}}, status=200)
    for config in ({"editor": "\0"}, {"editorArgs": ["a", "\0"]}):
        reply = world.owner.put(path, {"config": config}, status=400)
        assert reply.text == "Error decoding request body: it holds a NUL character\n"
