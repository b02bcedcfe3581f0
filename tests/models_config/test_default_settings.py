from typing import Any

import pytest

from models_config.logic.builtin_packs import builtin_packs
from models_config.logic.pack_json import pack_to_wire
from models_config.models import DefaultSettings
from tests.factories import World
from tests.models_config.bodies import MODEL, PROVIDER, STATE, without

STRONG: dict[str, Any] = dict(pack_to_wire(builtin_packs()["strong"])) | {"name": "custom"}


def test_it_works(world: World) -> None:
    before = world.owner.get("/default_settings").json
    assert before["modelPackName"] == "daily-driver"
    assert before["modelPack"] is None
    assert before["configured"] is True
    assert before["updatedAt"] == "0001-01-01T00:00:00Z"
    reply = world.owner.put("/default_settings", {"modelPackName": "strong"}, status=200)
    assert reply.json == {
        "msg": "⚙️  Updated org-wide default settings:\n  • model-pack | daily-driver → strong"
    }
    after = world.owner.get("/default_settings").json
    assert after["modelPackName"] == "strong"
    assert after["updatedAt"] > before["updatedAt"]


def test_an_inline_pack_comes_back_as_it_was_sent(world: World) -> None:
    role = {
        "role": "planner",
        "modelId": "openai/o3-high",
        "temperature": 0.9,
        "topP": 0.3,
        "reservedOutputTokens": 7,
        "largeContextFallback": STRONG["builder"],
        "largeOutputFallback": None,
        "errorFallback": None,
        "strongModel": None,
        "maxConvoTokens": 9,
    }
    role["largeContextFallback"] = dict(role["largeContextFallback"], role="planner")
    pack = STRONG | {"planner": role, "localProvider": "ollama", "coder": None}
    reply = world.owner.put("/default_settings", {"modelPackName": "", "modelPack": pack})
    assert reply.json["msg"].startswith(
        "⚙️  Updated org-wide default settings:\n"
        "  • model-pack | daily-driver → custom\n"
        "  • local-provider |  → ollama\n"
    )
    settings = world.owner.get("/default_settings").json
    assert (settings["modelPackName"], settings["modelPack"]) == ("", pack)
    same = world.owner.put("/default_settings", {"modelPackName": "", "modelPack": pack})
    assert same.json == {"msg": "No changes to settings"}


def test_the_orgs_models_are_joined_in(world: World) -> None:
    world.owner.post("/custom_models", STATE)
    settings = world.owner.get("/default_settings").json
    [model] = settings["customModels"]
    assert without(model, "id", "createdAt", "updatedAt") == MODEL
    assert settings["customModelsById"] == {MODEL["modelId"]: model}
    assert settings["usesCustomProviderByModelId"] == {MODEL["modelId"]: MODEL["providers"]}
    assert without(settings["customProviders"][0], "id") == PROVIDER
    assert [pack["name"] for pack in settings["customModelPacks"]] == ["mine"]
    # Nothing of it is stored with the settings.
    world.owner.put("/default_settings", {"modelPackName": "mine"})
    world.owner.post("/custom_models", {})
    settings = world.owner.get("/default_settings").json
    assert settings["customModels"] == settings["customModelPacks"] == []
    assert DefaultSettings.objects.get(org=world.org).model_pack is None


def test_the_api_dialect_shows_and_takes_short_packs(world: World) -> None:
    api = world.owner.api
    api.put("/default_settings", {"modelPackName": "strong"})
    message = api.put("/default_settings", {"modelPack": {"planner": "openai/gpt-4.1"}}).json["msg"]
    assert "planner.model-id | openai/o3-high → openai/gpt-4.1" in message
    pack = api.get("/default_settings").json["modelPack"]
    assert pack["planner"] == "openai/gpt-4.1"
    assert pack["roles"]["builder"] == STRONG["builder"]
    assert world.owner.get("/default_settings").json["modelPack"]["builder"] == STRONG["builder"]


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ({}, 400, "No model pack name or model pack provided"),
        (
            {"modelPackName": "", "modelPack": None},
            400,
            "No model pack name or model pack provided",
        ),
        ({"modelPackName": "no"}, 422, "'no' is not a built-in or custom model pack"),
        (
            {"modelPack": STRONG | {"namer": "no"}},
            422,
            "'no' is not built-in and not an existing custom model",
        ),
        (
            {"modelPack": without(STRONG, "namer")},
            422,
            "Model pack custom has no model for the names role",
        ),
    ],
)
def test_refused(world: World, body: dict[str, Any], status: int, text: str) -> None:
    before = world.owner.get("/default_settings").json
    assert world.owner.put("/default_settings", body, status=status).text == text + "\n"
    assert world.owner.get("/default_settings").json == before


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"modelPackName": 1}', b'{"modelPack": {"planner": 1}}']
)
def test_malformed(world: World, body: bytes) -> None:
    reply = world.owner.put("/default_settings", body, status=400)
    assert reply.text.startswith("Error decoding request body")


@pytest.mark.parametrize("name", ["a\0b", "a\nb", "a\x84b", "x" * 256])
def test_a_pack_of_one_s_own_has_a_name_that_can_be_shown(world: World, name: str) -> None:
    reply = world.owner.put("/default_settings", {"modelPack": STRONG | {"name": name}}, status=400)
    assert "characters" in reply.text


def test_each_org_has_its_own(world: World) -> None:
    world.owner.put("/default_settings", {"modelPackName": "strong"})
    assert world.member.get("/default_settings").json["modelPackName"] == "strong"
    assert world.stranger.get("/default_settings").json["modelPackName"] == "daily-driver"


def test_members_may_change_them(world: World) -> None:
    world.member.put("/default_settings", {"modelPackName": "cheap"}, status=200)
