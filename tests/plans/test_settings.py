"""Model settings of a branch."""

from typing import Any

import pytest

from models_config.logic.builtin_packs import default_pack
from models_config.logic.pack_json import pack_to_wire
from models_config.services.registry import pack_create
from plandex_server.db import now
from plans.models import Plan
from plans.selectors import branch_log
from plans.services.versions import branch_rewind
from tests.factories import World
from tests.plans.factories import main_of

TITLE = "⚙️  Updated model settings:"


@pytest.fixture
def path(plan: Plan) -> str:
    return f"/plans/{plan.id}/main/settings"


def test_it_works(world: World, path: str) -> None:
    settings = world.owner.get(path).json
    assert settings["modelPackName"] == "daily-driver"
    assert settings["configured"] is True
    assert settings["updatedAt"] == "0001-01-01T00:00:00Z"
    reply = world.owner.put(path, {"modelPackName": "strong", "modelPack": None}, status=200)
    assert reply.json == {"msg": f"{TITLE}\n  • model-pack | daily-driver → strong"}
    settings = world.owner.get(path).json
    assert settings["modelPackName"] == "strong"
    assert settings["modelPack"] is None
    assert settings["updatedAt"] > "2020"


def test_the_message_is_in_the_log_and_a_rewind_undoes_it(world: World, path: str) -> None:
    plan = Plan.objects.get()
    world.owner.put(path, {"modelPackName": "strong"})
    msg = world.owner.put(path, {"modelPackName": "cheap"}).json["msg"]
    log = world.owner.get(f"/plans/{plan.id}/main/logs").json
    assert len(log["shas"]) == 2
    assert log["body"].split("\n\n")[0].endswith(f"UTC\n{msg}")
    main = main_of(plan)
    assert main.head is not None and main.head.parent is not None
    assert main.head.user_id == world.owner.user_id
    branch_rewind(main, to=main.head.parent)
    assert world.owner.get(path).json["modelPackName"] == "strong"


def test_branches_have_settings_of_their_own(world: World, plan: Plan, path: str) -> None:
    world.owner.put(path, {"modelPackName": "strong"})
    world.owner.post(f"/plans/{plan.id}/main/branches", {"name": "side"})
    world.owner.put(f"/plans/{plan.id}/side/settings", {"modelPackName": "cheap"})
    assert world.owner.get(path).json["modelPackName"] == "strong"
    assert world.owner.get(f"/plans/{plan.id}/side/settings").json["modelPackName"] == "cheap"


def test_without_settings_the_orgs_defaults_hold_as_they_are_now(world: World, path: str) -> None:
    world.owner.put("/default_settings", {"modelPackName": "cheap"})
    assert world.owner.get(path).json["modelPackName"] == "cheap"
    world.owner.put("/default_settings", {"modelPackName": "strong"})
    assert world.owner.get(path).json["modelPackName"] == "strong"
    msg = world.owner.put(path, {"modelPackName": "cheap"}).json["msg"]
    assert "strong → cheap" in msg
    world.owner.put("/default_settings", {"modelPackName": "daily-driver"})
    assert world.owner.get(path).json["modelPackName"] == "cheap"


def inline_pack() -> dict[str, object]:
    """The CLI's form of a built-in pack, with one role changed."""
    pack: dict[str, Any] = {**pack_to_wire(default_pack()), "name": "custom"}
    pack["planner"] = pack["planner"] | {"temperature": 0.9}
    return pack


def test_an_inline_pack_comes_back_as_it_was_sent(world: World, path: str) -> None:
    pack = inline_pack()
    msg = world.owner.put(path, {"modelPackName": "", "modelPack": pack}).json["msg"]
    assert "model-pack | daily-driver → custom" in msg
    assert "planner.temperature" in msg
    settings = world.owner.get(path).json
    assert settings["modelPackName"] == ""
    assert settings["modelPack"]["planner"] == pack["planner"]
    api = world.owner.api.get(path).json["modelPack"]
    assert isinstance(api["planner"], str)
    assert api["roles"]["planner"]["temperature"] == 0.9


def test_nothing_is_committed_when_nothing_changes(world: World, path: str) -> None:
    pack = inline_pack()
    world.owner.put(path, {"modelPack": pack})
    before = branch_log(main_of(Plan.objects.get()))
    reply = world.owner.put(path, {"modelPack": pack})
    assert reply.json == {"msg": "No changes to settings"}
    assert branch_log(main_of(Plan.objects.get())) == before


def test_the_orgs_packs_may_be_named(world: World, path: str) -> None:
    world.owner.put(path, {"modelPackName": "ours"}, status=422)
    pack_create(org=world.org, raw={"name": "ours"})
    world.owner.put(path, {"modelPackName": "ours"}, status=200)
    assert [pack["name"] for pack in world.owner.get(path).json["customModelPacks"]] == ["ours"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        ({}, 400),
        ({"modelPackName": 5}, 400),
        ({"modelPackName": "no-such-pack"}, 422),
        ({"modelPack": {"planner": {"modelId": "no/such-model"}}}, 422),
    ],
)
def test_bad_settings_change_nothing(world: World, path: str, body: object, status: int) -> None:
    world.owner.put(path, body, status=status)
    assert branch_log(main_of(Plan.objects.get())) == []
    assert world.owner.get(path).json["modelPackName"] == "daily-driver"


def test_who_may_see_and_change_settings(world: World, path: str) -> None:
    for client in (world.member, world.stranger):
        client.get(path, status=404)
        client.put(path, {"modelPackName": "strong"}, status=404)
    Plan.objects.update(shared_with_org_at=now())
    world.member.get(path)
    world.member.put(path, {"modelPackName": "strong"}, status=403)
    world.admin.put(path, {"modelPackName": "strong"}, status=200)
    world.owner.get(path.replace("main", "none"), status=404)
