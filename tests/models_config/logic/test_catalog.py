import msgspec
import pytest

from models_config.logic.catalog import RoleId, builtin_models, builtin_providers, roles
from tests.models_config.logic.samples import read

MODELS = read("builtin_models.json")
PROVIDER_MODELS = read("provider_models.json")


def test_ids_are_the_clients_in_its_order() -> None:
    assert list(builtin_models()) == [model["modelId"] for model in MODELS]
    assert len(builtin_models()) == 45


@pytest.mark.parametrize("expected", MODELS, ids=lambda model: str(model["modelId"]))
def test_model(expected: dict[str, object]) -> None:
    model = builtin_models()[str(expected["modelId"])]
    properties = model.properties
    assert msgspec.to_builtins(properties) == expected["properties"]
    uses = [{"provider": used.provider, "modelName": used.model_name} for used in model.providers]
    assert uses == expected["providers"]
    assert model.local_only == expected["localOnly"]
    room = properties.max_tokens - properties.reserved_output_tokens
    assert room == expected["effectiveInputTokens"]


def test_request_properties_differ_where_an_id_is_defined_twice() -> None:
    assert len(PROVIDER_MODELS) == sum(len(model.providers) for model in builtin_models().values())
    for expected in PROVIDER_MODELS:
        model = builtin_models()[expected["modelId"]]
        plain = msgspec.to_builtins(model.properties)
        assert msgspec.to_builtins(model.properties_for_request()) == plain | expected["overrides"]
        used = next(one for one in model.providers if one.provider == expected["provider"])
        assert used.model_name == expected["modelName"]


def test_providers_and_roles() -> None:
    assert list(builtin_providers())[:4] == ["openrouter", "openai", "anthropic", "anthropic-pro"]
    assert len(builtin_providers()) == 11
    assert [id_ for id_, provider in builtin_providers().items() if provider.local_only] == [
        "ollama"
    ]
    assert list(roles()) == list(RoleId)
    optional = [role.id for role in roles().values() if role.optional]
    assert optional == [RoleId.CODER, RoleId.ARCHITECT, RoleId.WHOLE_FILE_BUILDER]
