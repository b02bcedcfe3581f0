"""JSON shapes of models, providers, packs and default settings. The values of `logic` already carry
the CLI's keys, so most answers are their wire forms."""

from collections.abc import Iterable
from typing import Annotated, Any, TypedDict, TypeVar

import msgspec
from rest_framework.request import Request

from models_config.logic.builtin_packs import builtin_packs
from models_config.logic.json_shapes import (
    CliModelPackJson,
    CustomModelJson,
    CustomProviderJson,
    ModelPackJson,
)
from models_config.logic.org_models import (
    CustomModel,
    CustomProvider,
    GivenName,
    model_to_wire,
    provider_to_wire,
)
from models_config.logic.pack_input import FLOAT32_MAX
from models_config.logic.pack_json import pack_to_api, pack_to_wire
from models_config.logic.packs import ModelPack
from models_config.logic.settings import SettingsRequest
from models_config.logic.validation import ModelsInput
from plandex_server.api.body import NEEDED, Body, StoredBody, one_needed
from plandex_server.api.names import MAX_NAME_LENGTH, PLAIN_PATTERN, OptionalName
from plandex_server.api.views import parse

T = TypeVar("T")

Tokens = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Parameter = Annotated[float, msgspec.Meta(ge=-FLOAT32_MAX, le=FLOAT32_MAX)]

BAD_MODELS = "Invalid request body"
BAD_SETTINGS = "Error decoding request body"


class ModelsBody(StoredBody):
    models: list[CustomModel] = []
    providers: list[CustomProvider] = []
    # `logic` reads packs key by key.
    model_packs: Annotated[
        list[dict[str, Any]],
        msgspec.Meta(extra_json_schema={"items": {"$ref": "#/components/schemas/NewPackBody"}}),
    ] = []


class _SettingsRequest(Body):
    model_pack_name: str = ""
    model_pack: dict[str, Any] | None = None


class FallbackBody(TypedDict, total=False):
    """A role without what else it falls back to, which it may have too."""

    modelId: Annotated[str, msgspec.Meta(extra_json_schema={NEEDED: True, "minLength": 1})]
    temperature: Parameter | None
    topP: Parameter | None
    reservedOutputTokens: Tokens | None
    maxConvoTokens: Tokens | None


class RoleBody(FallbackBody, total=False):
    """A role's model and parameters; what is left out gets the role's default."""

    largeContextFallback: str | FallbackBody | None
    largeOutputFallback: str | FallbackBody | None
    errorFallback: str | FallbackBody | None
    strongModel: str | FallbackBody | None


PackName = Annotated[
    str,
    msgspec.Meta(
        extra_json_schema={"minLength": 1, "maxLength": MAX_NAME_LENGTH, "pattern": PLAIN_PATTERN}
    ),
]

Role = str | RoleBody | None
NeededRole = Annotated[str, msgspec.Meta(extra_json_schema={"minLength": 1})] | RoleBody


class _Roles(TypedDict, total=False):
    """Whole roles; null takes one away that need not be there."""

    planner: NeededRole
    coder: NeededRole | None
    contextLoader: NeededRole | None
    planSummary: NeededRole
    builder: NeededRole
    wholeFileBuilder: NeededRole | None
    namer: NeededRole
    commitMsg: NeededRole
    execStatus: NeededRole


class _PackRoles(TypedDict, total=False):
    """A pack in any of its forms, for the API description: `logic` reads it key by key.

    A role is a model id or an object; `roles` holds whole roles and wins over the other keys.
    """

    description: str | None
    localProvider: str | None
    planner: Role
    coder: Role
    builder: Role
    summarizer: Role
    planSummary: Role
    verifier: Role
    wholeFileBuilder: Role
    contextLoader: Role
    namer: Role
    commitMsg: Role
    execStatus: Role
    roles: _Roles | None


class NewPackBody(_PackRoles, total=False):
    name: GivenName


class ChangedPackBody(_PackRoles, total=False):
    name: PackName | None


class PackBody(_PackRoles, total=False):
    name: OptionalName | None


class SettingsRequestBody(TypedDict, total=False):
    """A pack's name, or a pack."""

    modelPackName: str | None
    modelPack: PackBody | None


SettingsBody = Annotated[
    SettingsRequestBody,
    one_needed(modelPackName={"type": "string", "minLength": 1}, modelPack={"type": "object"}),
]


def models_input(request: Request) -> ModelsInput:
    """The body of `POST /custom_models`."""
    body = parse(request, ModelsBody, error=BAD_MODELS)
    return ModelsInput(
        models=tuple(body.models),
        providers=tuple(body.providers),
        packs=tuple(body.model_packs),
    )


def pack_input(request: Request) -> dict[str, Any]:
    """The body of `POST /model_sets` and `PUT /model_sets/{setId}`; `logic` reads its roles."""
    return parse(request, dict[str, Any], error=BAD_MODELS)


def settings_input(request: Request) -> SettingsRequest:
    """The body of an update of settings, of a plan or of the org."""
    body = parse(request, _SettingsRequest, error=BAD_SETTINGS)
    return SettingsRequest(model_pack_name=body.model_pack_name, model_pack=body.model_pack)


def model_json(model: CustomModel) -> CustomModelJson:
    return model_to_wire(model)


def provider_json(provider: CustomProvider) -> CustomProviderJson:
    return provider_to_wire(provider)


def packs_json(packs: Iterable[ModelPack]) -> list[ModelPackJson]:
    """In the API dialect the built-in packs come first, and their ids are their names."""
    built_in: list[ModelPackJson] = [
        {**pack_to_api(pack), "id": pack.name} for pack in builtin_packs().values()
    ]
    return built_in + [pack_to_api(pack) for pack in packs]


def cli_packs_json(packs: Iterable[ModelPack]) -> list[CliModelPackJson]:
    """The CLI has the built-in packs compiled in."""
    return [pack_to_wire(pack) for pack in packs]


def pack_json(pack: ModelPack) -> ModelPackJson:
    return pack_to_api(pack)
