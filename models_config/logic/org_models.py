"""What one org added to the built-in registry, and look-ups over both."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, cast

import msgspec

from models_config.logic.builtin_packs import builtin_packs
from models_config.logic.catalog import (
    CUSTOM_PROVIDER,
    AuthVar,
    ModelProperties,
    UsesProvider,
    builtin_models,
)
from models_config.logic.json_shapes import CustomModelJson, CustomProviderJson, UsesProviderJson
from models_config.logic.packs import ModelPack
from plandex_server.api.body import NEEDED
from plandex_server.api.names import MAX_NAME_LENGTH, PLAIN_PATTERN

# The keys that the Go structs send even when they are empty.
ALWAYS_PRESENT = frozenset(
    {
        "modelId",
        "publisher",
        "description",
        "defaultMaxConvoTokens",
        "maxTokens",
        "maxOutputTokens",
        "reservedOutputTokens",
        "preferredOutputFormat",
        "hasImageSupport",
        "providers",
        "name",
        "baseUrl",
        "provider",
        "modelName",
        "var",
    }
)

GivenName = Annotated[
    str,
    msgspec.Meta(
        extra_json_schema={
            NEEDED: True,
            "minLength": 1,
            "maxLength": MAX_NAME_LENGTH,
            "pattern": PLAIN_PATTERN,
        }
    ),
]
WebAddress = Annotated[str, msgspec.Meta(extra_json_schema={NEEDED: True, "pattern": "^https?://"})]
"""For the API description; `validation` and `item_checks` check them."""


class CustomModel(ModelProperties, frozen=True, kw_only=True, rename="camel"):
    """A model that an org defined; its properties stand at the top level, as on the wire."""

    id: str = ""
    model_id: GivenName = ""
    publisher: str = ""
    description: str = ""
    providers: list[UsesProvider] = []
    created_at: datetime | None = None
    updated_at: datetime | None = None


class CustomProvider(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An OpenAI-compatible endpoint that an org defined."""

    id: str = ""
    name: GivenName = ""
    base_url: WebAddress = ""
    has_aws_auth: bool = msgspec.field(name="hasAWSAuth", default=False)
    skip_auth: bool = False
    api_key_env_var: str = ""
    extra_auth_vars: list[AuthVar] = []

    @property
    def required_auth_vars(self) -> tuple[str, ...]:
        """The variables without which the provider cannot be used."""
        key = (self.api_key_env_var,) if self.api_key_env_var else ()
        return key + tuple(extra.var for extra in self.extra_auth_vars if extra.required)


def to_wire(value: msgspec.Struct) -> dict[str, Any]:
    """The JSON object of a custom model, provider or provider use, empty keys left out as Go
    leaves them out."""
    built: dict[str, Any] = msgspec.to_builtins(value)
    return _prune(built)


def model_to_wire(model: CustomModel) -> CustomModelJson:
    return cast(CustomModelJson, to_wire(model))


def provider_to_wire(provider: CustomProvider) -> CustomProviderJson:
    return cast(CustomProviderJson, to_wire(provider))


def use_to_wire(used: UsesProvider) -> UsesProviderJson:
    return cast(UsesProviderJson, to_wire(used))


def _prune(value: dict[str, Any]) -> dict[str, Any]:
    pruned: dict[str, Any] = {}
    for key, item in value.items():
        if isinstance(item, list | tuple):
            item = [_prune(one) for one in item]
        if item or key in ALWAYS_PRESENT:
            pruned[key] = item
    return pruned


def same(left: msgspec.Struct, right: msgspec.Struct) -> bool:
    """Whether two custom models or providers are equal but for their ids and times."""
    return _comparable(left) == _comparable(right)


def _comparable(value: msgspec.Struct) -> dict[str, Any]:
    built: dict[str, Any] = msgspec.to_builtins(value)
    return {key: item for key, item in built.items() if key not in ("id", "createdAt", "updatedAt")}


@dataclass(frozen=True)
class OrgModels:
    """An org's custom models, providers and packs. Without `slots`: the look-ups are cached."""

    models: tuple[CustomModel, ...] = ()
    providers: tuple[CustomProvider, ...] = ()
    packs: tuple[ModelPack, ...] = ()

    @cached_property
    def models_by_id(self) -> dict[str, CustomModel]:
        """The custom models by their model id."""
        return {model.model_id: model for model in self.models}

    @cached_property
    def providers_by_name(self) -> dict[str, CustomProvider]:
        """The custom providers by their name."""
        return {provider.name: provider for provider in self.providers}

    @cached_property
    def packs_by_name(self) -> dict[str, ModelPack]:
        """The custom packs by their name."""
        return {pack.name: pack for pack in self.packs}

    def knows_model(self, model_id: str) -> bool:
        """Whether the id is built in or one of the org's."""
        return model_id in builtin_models() or model_id in self.models_by_id

    def knows_pack(self, name: str) -> bool:
        """Whether the name is a built-in pack's or one of the org's."""
        return name in builtin_packs() or name in self.packs_by_name

    def properties(self, model_id: str) -> ModelProperties | None:
        """The model's limits and abilities; a built-in model wins over a custom one."""
        built_in = builtin_models().get(model_id)
        return built_in.properties if built_in else self.models_by_id.get(model_id)

    def uses_providers(self, model_id: str) -> tuple[UsesProvider, ...]:
        """The providers that serve the model, in order of preference."""
        built_in = builtin_models().get(model_id)
        custom = self.models_by_id.get(model_id)
        built_in_uses = built_in.providers if built_in else ()
        return built_in_uses + (tuple(custom.providers) if custom else ())

    def unknown_models(self, pack: ModelPack) -> tuple[str, ...]:
        """The model ids of the pack that neither the registry nor the org has."""
        return tuple(id_ for id_ in pack.model_ids() if not self.knows_model(id_))


def effective_publisher(model: CustomModel) -> str:
    """The model's publisher, or a stand-in: the CLI collects no credentials for a model without."""
    if model.publisher:
        return model.publisher
    prefix, slash, _ = model.model_id.partition("/")
    return prefix if slash and prefix else CUSTOM_PROVIDER
