from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from models_config.logic.builtin_packs import builtin_packs, default_pack
from models_config.logic.org_models import OrgModels
from models_config.logic.pack_json import pack_to_api, pack_to_wire
from models_config.logic.refusals import BadShape, Refused
from models_config.logic.settings import (
    NO_CHANGES,
    ORG_TITLE,
    SettingsRequest,
    StoredSettings,
    resolve_pack,
    settings_payload,
    settings_update,
    stored_from_json,
    stored_to_json,
)
from tests.models_config.logic.samples import LLAMA, ORG, pack_body, pack_make

NOW = datetime(2025, 7, 1, 12, tzinfo=UTC)
INLINE = StoredSettings(model_pack_name="", model_pack=pack_make(), updated_at=NOW)


def update(
    stored: StoredSettings, request: SettingsRequest, **options: Any
) -> tuple[StoredSettings, str]:
    return settings_update(stored, request, ORG, now=NOW, **options)


def named(name: str) -> SettingsRequest:
    return SettingsRequest(model_pack_name=name)


def inline(**changes: Any) -> SettingsRequest:
    return SettingsRequest(model_pack=pack_body(**changes))


def test_payload_without_anything() -> None:
    assert settings_payload(StoredSettings(), OrgModels()) == {
        "modelPackName": "daily-driver",
        "modelPack": None,
        "customModelPacks": [],
        "customModels": [],
        "customModelsById": {},
        "customProviders": [],
        "usesCustomProviderByModelId": {},
        "isCloud": False,
        "configured": True,
        "updatedAt": "0001-01-01T00:00:00Z",
    }


def test_payload_with_the_orgs_models() -> None:
    payload = settings_payload(INLINE, ORG)
    assert payload["modelPackName"] == ""
    assert payload["modelPack"] == pack_to_wire(pack_make())
    assert payload["updatedAt"] == "2025-07-01T12:00:00.000000Z"
    [model] = payload["customModels"]
    assert payload["customModelsById"] == {LLAMA.model_id: model}
    assert [pack["name"] for pack in payload["customModelPacks"]] == ["mine"]
    assert payload["usesCustomProviderByModelId"] == {
        LLAMA.model_id: [
            {
                "provider": "custom",
                "customProvider": "togetherai",
                "modelName": "meta-llama/Llama-4-Maverick",
            },
            {"provider": "openrouter", "modelName": "meta-llama/llama-4-maverick"},
        ]
    }


def test_payload_in_the_api_form() -> None:
    payload = settings_payload(INLINE, ORG, api_form=True)
    assert payload["modelPack"] == pack_to_api(pack_make())
    assert payload["customModelPacks"][0]["planner"] == LLAMA.model_id


@pytest.mark.parametrize(
    ("model_id", "publisher", "expected"),
    [("a/b", "", "a"), ("b", "", "custom"), ("/b", "", "custom"), ("a/b", "p", "p")],
)
def test_a_publisher_is_always_there(model_id: str, publisher: str, expected: str) -> None:
    model = msgspec.structs.replace(LLAMA, model_id=model_id, publisher=publisher)
    payload = settings_payload(StoredSettings(), OrgModels(models=(model,)))
    assert payload["customModelsById"][model_id]["publisher"] == expected


def test_a_pack_with_a_model_that_is_gone_gives_way() -> None:
    """The CLI would crash on the model."""
    stored = StoredSettings(model_pack_name="", model_pack=pack_make("gone/model"))
    payload = settings_payload(stored, OrgModels())
    assert (payload["modelPackName"], payload["modelPack"]) == ("daily-driver", None)
    assert resolve_pack(stored, OrgModels()) is default_pack()


def test_resolving() -> None:
    assert resolve_pack(INLINE, ORG) is INLINE.model_pack
    assert resolve_pack(StoredSettings(), ORG) is default_pack()
    assert resolve_pack(StoredSettings("strong"), ORG) is builtin_packs()["strong"]
    assert resolve_pack(StoredSettings("mine"), ORG) is ORG.packs[0]
    assert resolve_pack(StoredSettings("Strong"), ORG) is default_pack()


@pytest.mark.parametrize("stored", [StoredSettings(), StoredSettings("x", None, NOW), INLINE])
def test_stored_form_round_trip(stored: StoredSettings) -> None:
    assert stored_from_json(stored_to_json(stored)) == stored


def test_stored_form_of_others() -> None:
    assert stored_from_json(None) == stored_from_json({}) == StoredSettings()
    go = stored_from_json(
        {"modelPackName": "strong", "updatedAt": "2025-07-01T12:00:00.123456789Z"}
    )
    assert go == StoredSettings("strong", None, NOW.replace(microsecond=123456))
    with pytest.raises(BadShape):
        stored_from_json({"updatedAt": "yesterday"})


MESSAGES: list[tuple[StoredSettings, SettingsRequest, list[str]]] = [
    (StoredSettings(), named("strong"), ["model-pack | daily-driver → strong"]),
    (StoredSettings("strong"), named("strong"), ["model-pack | strong → strong"]),
    (INLINE, named("strong"), ["model-pack | custom → strong"]),
    (INLINE, inline(), []),
    (
        INLINE,
        inline(planner="openai/gpt-4.1"),
        ["planner.model-id | openai/o3-high → openai/gpt-4.1"],
    ),
    (
        StoredSettings("mine"),
        inline(model_id=LLAMA.model_id, namer="openai/gpt-4.1"),
        [
            "model-pack | mine → custom",
            "namer.model-id | meta-llama/llama-4-maverick → openai/gpt-4.1",
        ],
    ),
]


@pytest.mark.parametrize(("stored", "request_", "changes"), MESSAGES)
def test_messages(stored: StoredSettings, request_: SettingsRequest, changes: list[str]) -> None:
    _, message = update(stored, request_)
    lines = [f"\n  • {change}" for change in changes]
    assert message == ("⚙️  Updated model settings:" + "".join(lines) if changes else NO_CHANGES)


def test_the_orgs_message_has_a_title_of_its_own() -> None:
    _, message = update(StoredSettings(), named("cheap"), title=ORG_TITLE)
    assert message == (
        "⚙️  Updated org-wide default settings:\n  • model-pack | daily-driver → cheap"
    )


def test_one_clears_the_other_and_the_name_wins() -> None:
    by_name, _ = update(INLINE, named("strong"))
    assert by_name == StoredSettings("strong", None, NOW)
    by_pack, _ = update(by_name, inline())
    assert (by_pack.model_pack_name, by_pack.model_pack) == ("", pack_make())
    both, _ = update(INLINE, SettingsRequest("strong", pack_body()))
    assert both == by_name


@pytest.mark.parametrize(
    ("request_", "status", "text"),
    [
        (SettingsRequest(), 400, "No model pack name or model pack provided"),
        (named("no"), 422, "'no' is not a built-in or custom model pack"),
        (
            inline(namer="no"),
            422,
            "'no' is not built-in and not an existing custom model",
        ),
        (
            inline(localProvider="mars"),
            422,
            "'mars' is not a local model provider",
        ),
        (inline(builder=None), 422, "Model pack mine has no model for the builder role"),
    ],
)
def test_refused(request_: SettingsRequest, status: int, text: str) -> None:
    with pytest.raises(Refused) as caught:
        update(StoredSettings(), request_)
    assert (caught.value.status, caught.value.msg) == (status, text)


def test_a_local_pack_is_welcome() -> None:
    updated, message = update(INLINE, inline(localProvider="ollama"))
    assert message.endswith("• local-provider |  → ollama")
    assert updated.model_pack is not None and updated.model_pack.local_provider == "ollama"


def test_the_api_dialect_may_send_part_of_a_pack() -> None:
    request = SettingsRequest(model_pack={"planner": "openai/gpt-4.1"})
    updated, message = update(StoredSettings("strong"), request, keep_roles=True)
    assert updated.model_pack is not None
    assert updated.model_pack.builder == builtin_packs()["strong"].builder
    assert message.startswith("⚙️  Updated model settings:\n  • model-pack | strong → custom")
    with pytest.raises(Refused):
        update(StoredSettings("strong"), request)
