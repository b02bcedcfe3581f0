from typing import Any

import pytest

from models_config.logic.pack_input import pack_from_json
from models_config.logic.pack_json import pack_to_schema
from tests.factories import World
from tests.models_config.bodies import MODEL, PACK, PROVIDER, STATE, state, without

EVERY_PROPERTY = MODEL | {
    "systemPromptDisabled": True,
    "roleParamsDisabled": True,
    "stopDisabled": True,
    "predictedOutputEnabled": True,
    "reasoningEffortEnabled": True,
    "reasoningEffort": "high",
    "includeReasoning": True,
    "hideReasoning": True,
    "reasoningBudget": 32000,
    "supportsCacheControl": True,
    "singleMessageNoSystemPrompt": True,
    "tokenEstimatePaddingPct": 0.1,
}
EVERY_PROVIDER_KEY = {
    "name": "everything",
    "baseUrl": "http://localhost:9",
    "hasAWSAuth": True,
    "skipAuth": True,
    "apiKeyEnvVar": "KEY",
    "extraAuthVars": [
        {"var": "FILE", "maybeJSONFilePath": True, "required": True, "default": "x"},
        {"var": "PLAIN"},
    ],
}


def test_it_works(world: World) -> None:
    assert world.owner.post("/custom_models", STATE, status=200).body == b""
    [model] = world.owner.get("/custom_models").json
    assert without(model, "id", "createdAt", "updatedAt") == MODEL
    [provider] = world.owner.get("/custom_providers").json
    assert without(provider, "id") == PROVIDER
    [pack] = world.owner.get("/model_sets").json
    assert pack_to_schema(pack_from_json(pack)) == PACK


def test_nothing_at_first(world: World) -> None:
    for path in ("/custom_models", "/custom_providers", "/model_sets"):
        assert world.owner.get(path).json == []


def test_every_property_comes_back(world: World) -> None:
    pack = PACK | {"localProvider": "ollama", "wholeFileBuilder": "openai/o3-low"}
    body = {
        "models": [EVERY_PROPERTY],
        "providers": [PROVIDER, EVERY_PROVIDER_KEY],
        "modelPacks": [pack],
    }
    world.owner.post("/custom_models", body)
    [model] = world.owner.get("/custom_models").json
    assert without(model, "id", "createdAt", "updatedAt") == EVERY_PROPERTY
    everything, _ = world.owner.get("/custom_providers").json
    assert without(everything, "id") == EVERY_PROVIDER_KEY
    [stored] = world.owner.get("/model_sets").json
    assert pack_to_schema(pack_from_json(stored)) == pack


def test_nulls_and_other_keys_are_as_good_as_missing(world: World) -> None:
    model = MODEL | {"publisher": None, "reasoningEffort": None, "unknown": 1}
    provider = PROVIDER | {"extraAuthVars": None, "createdAt": None}
    world.owner.post("/custom_models", {"models": [model], "providers": [provider]})
    [stored] = world.owner.get("/custom_models").json
    assert stored["publisher"] == ""
    assert "reasoningEffort" not in stored


def test_ids_stay_and_order_is_that_of_creation(world: World) -> None:
    second = MODEL | {"modelId": "a-later-one"}
    world.owner.post("/custom_models", state(models=[MODEL, second]))
    before = world.owner.get("/custom_models").json
    changed = MODEL | {"description": "changed"}
    world.owner.post("/custom_models", state(models=[second, changed]))
    after = world.owner.get("/custom_models").json
    assert [model["modelId"] for model in after] == [MODEL["modelId"], "a-later-one"]
    assert [model["id"] for model in after] == [model["id"] for model in before]
    assert [model["createdAt"] for model in after] == [model["createdAt"] for model in before]
    assert after[0]["description"] == "changed"
    assert after[0]["updatedAt"] > before[0]["updatedAt"]
    assert after[1]["updatedAt"] == before[1]["updatedAt"]


def test_the_cli_sends_its_complete_state(world: World) -> None:
    world.owner.post("/custom_models", STATE)
    world.owner.post("/custom_models", {})
    for path in ("/custom_models", "/custom_providers", "/model_sets"):
        assert world.owner.get(path).json == []


def test_the_api_dialect_deletes_nothing(world: World) -> None:
    world.owner.post("/custom_models", STATE)
    changed = MODEL | {"description": "changed"}
    world.owner.api.post("/custom_models", {"models": [changed]}, status=200)
    [model] = world.owner.get("/custom_models").json
    assert model["description"] == "changed"
    assert len(world.owner.get("/model_sets").json) == 1


def test_the_api_dialect_may_send_part_of_a_known_pack(world: World) -> None:
    world.owner.post("/custom_models", STATE)
    part = {"modelPacks": [{"name": "mine", "planner": "openai/o3-low"}]}
    world.owner.api.post("/custom_models", part)
    [pack] = world.owner.get("/model_sets").json
    expected = PACK | {"planner": "openai/o3-low"}
    assert pack_to_schema(pack_from_json(pack)) == expected


def test_a_refused_request_changes_nothing(world: World) -> None:
    world.owner.post("/custom_models", STATE)
    before = [world.owner.get(path).json for path in ("/custom_models", "/model_sets")]
    bad = state(models=[MODEL | {"description": "new"}], modelPacks=[PACK | {"planner": "no"}])
    world.owner.post("/custom_models", bad, status=422)
    assert before == [world.owner.get(path).json for path in ("/custom_models", "/model_sets")]


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    (
        {
            "providers": [PROVIDER, PROVIDER],
            "models": [MODEL, MODEL],
            "modelPacks": [PACK, PACK],
        },
        400,
        "Has duplicates: • Provider togetherai is duplicated\n"
        "• Model meta-llama/llama-4-maverick is duplicated\n"
        "• Model pack mine is duplicated",
    ),
    (state(providers=[PROVIDER | {"name": ""}]), 400, "Provider name is required"),
    (state(models=[MODEL | {"modelId": ""}]), 400, "Model id is required"),
    (state(modelPacks=[PACK | {"name": ""}]), 400, "Model pack name is required"),
    ({"modelPacks": [{}]}, 400, "Model pack name is required"),
    (
        state(models=[MODEL | {"modelId": "openai/o3-high"}]),
        422,
        "openai/o3-high is a built-in base model id, so it can't be used for a custom model",
    ),
    (
        state(modelPacks=[PACK | {"name": "strong"}]),
        422,
        "strong is a built-in model pack name, so it can't be used for a custom model pack",
    ),
    (
        state(providers=[]),
        422,
        "'togetherai' is not a custom model provider that exists or is being imported",
    ),
    (
        {"models": [MODEL | {"providers": [{"provider": "nowhere", "modelName": "x"}]}]},
        422,
        "'nowhere' is not a built-in model provider",
    ),
    (
        {"models": [MODEL | {"providers": [{"provider": "custom", "modelName": "x"}]}]},
        422,
        "Model meta-llama/llama-4-maverick has a custom provider without a name",
    ),
    (
        {"models": [MODEL | {"providers": []}]},
        422,
        "Model meta-llama/llama-4-maverick has no provider",
    ),
    (
        state(models=[]),
        422,
        "'meta-llama/llama-4-maverick' is not built-in, not being imported, "
        "and not an existing custom model",
    ),
    (
        state(modelPacks=[PACK | {"builder": {"modelId": "deepseek/r1", "strongModel": "no"}}]),
        422,
        "'no' is not built-in, not being imported, and not an existing custom model",
    ),
    (
        state(modelPacks=[without(PACK, "namer")]),
        422,
        "Model pack mine has no model for the names role",
    ),
    (
        state(modelPacks=[PACK | {"localProvider": "openai"}]),
        422,
        "'openai' is not a local model provider",
    ),
    (
        state(models=[MODEL | {"maxTokens": 0}]),
        422,
        "Model meta-llama/llama-4-maverick needs a positive maxTokens",
    ),
    (
        state(models=[MODEL | {"preferredOutputFormat": "prose"}]),
        422,
        "Model meta-llama/llama-4-maverick needs a preferredOutputFormat of xml or tool-call-json",
    ),
    (
        state(providers=[PROVIDER | {"baseUrl": "file:///etc"}]),
        422,
        "Provider togetherai needs a baseUrl that starts with http:// or https://",
    ),
    (
        state(providers=[without(PROVIDER, "apiKeyEnvVar")]),
        422,
        "Provider togetherai needs an apiKeyEnvVar, extraAuthVars, or skipAuth: true",
    ),
    (
        state(models=[MODEL | {"modelId": "x" * 256}]),
        422,
        "Model id is longer than 255 characters",
    ),
]


@pytest.mark.parametrize(("body", "status", "text"), REFUSED, ids=[row[2] for row in REFUSED])
def test_refused(world: World, body: dict[str, Any], status: int, text: str) -> None:
    reply = world.owner.post("/custom_models", body, status=status)
    assert reply.text == text + "\n"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"",
        b'"x"',
        b"\xff",
        b'{"models": [null]}',
        b'{"models": {}}',
        b'{"models": [{"maxTokens": "many"}]}',
        b'{"models": [{"modelId": "a\\u0000b"}]}',
        b'{"modelPacks": [{"name": "x", "pl\\u0000anner": 1}]}',
        b'{"modelPacks": ["x"]}',
        b'{"modelPacks": [{"name": "x", "planner": 3}]}',
        b'{"models": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
def test_malformed(world: World, body: bytes) -> None:
    reply = world.owner.post("/custom_models", body, status=400)
    assert reply.text.startswith("Invalid request body: ")
    assert world.owner.api.post("/custom_models", body, status=400).json["code"]


def test_what_remains_is_checked_not_what_was(world: World) -> None:
    """A provider can't go while a model that stays uses it, nor a model that a pack uses."""
    world.owner.post("/custom_models", STATE)
    world.owner.post("/custom_models", state(providers=[]), status=422)
    world.owner.post("/custom_models", state(models=[]), status=422)
    world.owner.post("/custom_models", {})


def test_a_model_of_the_default_settings_stays(world: World) -> None:
    world.owner.post("/custom_models", STATE)
    [pack] = world.owner.get("/model_sets").json
    world.owner.put("/default_settings", {"modelPackName": "", "modelPack": pack})
    reply = world.owner.post("/custom_models", {}, status=422)
    assert reply.text == (
        "Model meta-llama/llama-4-maverick is used by the org's default settings, "
        "so it can't be removed\n"
    )


def test_one_model_by_either_id(world: World) -> None:
    world.owner.post("/custom_models", STATE)
    [model] = world.owner.get("/custom_models").json
    assert world.owner.get(f"/custom_models/{model['id']}").json == model
    assert world.owner.api.get(f"/custom_models/{model['modelId']}").json == model


def test_one_provider_by_either_id(world: World) -> None:
    world.owner.post("/custom_models", STATE)
    [provider] = world.owner.get("/custom_providers").json
    assert world.owner.get(f"/custom_providers/{provider['id']}").json == provider
    assert world.owner.get("/custom_providers/togetherai").json == provider


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/custom_models/no", "Custom model not found"),
        ("/custom_models/7c4e6b0e-0000-4000-8000-000000000000", "Custom model not found"),
        ("/custom_models/%00", "Custom model not found"),
        ("/custom_providers/no", "Custom provider not found"),
        ("/custom_providers/%00", "Custom provider not found"),
    ],
)
def test_unknown(world: World, path: str, text: str) -> None:
    assert world.owner.get(path, status=404).text == text + "\n"
    assert world.owner.api.get(path, status=404).json["message"] == text


def test_another_org_sees_nothing(world: World) -> None:
    world.owner.post("/custom_models", STATE)
    [model] = world.owner.get("/custom_models").json
    [provider] = world.owner.get("/custom_providers").json
    assert world.stranger.get("/custom_models").json == []
    assert world.stranger.get("/model_sets").json == []
    world.stranger.get(f"/custom_models/{model['id']}", status=404)
    world.stranger.get(f"/custom_providers/{provider['id']}", status=404)
    # Each org has names of its own.
    world.stranger.post("/custom_models", STATE)
    assert world.stranger.get("/custom_models").json[0]["id"] != model["id"]


def test_members_may_change_models(world: World) -> None:
    world.member.post("/custom_models", STATE)
    assert len(world.owner.get("/custom_models").json) == 1


@pytest.mark.parametrize("path", ["/custom_models", "/model_sets", "/custom_providers"])
def test_anonymous(world: World, path: str) -> None:
    world.owner.token = ""
    world.owner.get(path, status=401)


def test_the_number_of_queries_does_not_grow(
    world: World, django_assert_max_num_queries: Any
) -> None:
    models = [MODEL | {"modelId": f"model-{number}"} for number in range(12)]
    packs = [PACK | {"name": f"pack-{number}"} for number in range(12)]
    world.owner.post("/custom_models", state(models=[MODEL, *models], modelPacks=packs))
    # One authenticates. Who reads after a change asks for the stamp and for all that there is.
    with django_assert_max_num_queries(7):
        world.owner.get("/custom_models")
    for path in ("/custom_models", "/custom_providers", "/model_sets", "/default_settings"):
        with django_assert_max_num_queries(1):
            world.owner.get(path)


def test_an_unchanged_state_asks_little(world: World, django_assert_max_num_queries: Any) -> None:
    models = [MODEL | {"modelId": f"model-{number}"} for number in range(12)]
    world.owner.post("/custom_models", state(models=[MODEL, *models]))
    # Token and org, savepoints, the stamp, the three kinds, default settings, prices.
    with django_assert_max_num_queries(9):
        world.owner.post("/custom_models", state(models=[MODEL, *models]))
