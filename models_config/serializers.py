"""JSON shapes of models, providers, packs and default settings. The values of `logic` already carry
the CLI's keys, so most answers are their wire forms."""

from typing import Any, TypeVar

import msgspec
from rest_framework.request import Request

from models_config.logic.builtin_packs import builtin_packs
from models_config.logic.org_models import CustomModel, CustomProvider, to_wire
from models_config.logic.pack_json import pack_to_api, pack_to_wire
from models_config.logic.packs import ModelPack
from models_config.logic.settings import SettingsRequest
from models_config.logic.validation import ModelsInput
from plandex_server.api.body import Body
from plandex_server.api.dialect import Dialect
from plandex_server.api.views import parse
from plandex_server.errors import BadRequest

T = TypeVar("T")

BAD_MODELS = "Invalid request body"
BAD_SETTINGS = "Error decoding request body"


class ModelsBody(Body):
    models: list[CustomModel] = []
    providers: list[CustomProvider] = []
    model_packs: list[dict[str, Any]] = []


class SettingsBody(Body):
    model_pack_name: str = ""
    model_pack: dict[str, Any] | None = None


def models_input(request: Request) -> ModelsInput:
    """The body of `POST /custom_models`."""
    body = _storable(parse(request, ModelsBody, error=BAD_MODELS), BAD_MODELS)
    return ModelsInput(
        models=tuple(body.models),
        providers=tuple(body.providers),
        packs=tuple(body.model_packs),
    )


def pack_input(request: Request) -> dict[str, Any]:
    """The body of `POST /model_sets` and `PUT /model_sets/{setId}`; `logic` reads its roles."""
    return _storable(parse(request, dict[str, Any], error=BAD_MODELS), BAD_MODELS)


def settings_input(request: Request) -> SettingsRequest:
    """The body of an update of settings, of a plan or of the org."""
    body = _storable(parse(request, SettingsBody, error=BAD_SETTINGS), BAD_SETTINGS)
    return SettingsRequest(model_pack_name=body.model_pack_name, model_pack=body.model_pack)


def model_json(model: CustomModel) -> dict[str, Any]:
    return to_wire(model)


def provider_json(provider: CustomProvider) -> dict[str, Any]:
    return to_wire(provider)


def pack_json(pack: ModelPack, dialect: Dialect) -> dict[str, Any]:
    return pack_to_api(pack) if dialect is Dialect.API else pack_to_wire(pack)


def builtin_packs_json() -> list[dict[str, Any]]:
    """For the API dialect, where a built-in pack's id is its name."""
    return [pack_to_api(pack) | {"id": pack.name} for pack in builtin_packs().values()]


def _storable(body: T, error: str) -> T:
    """The body, unless a string in it holds a NUL: PostgreSQL stores none."""
    if _has_nul(msgspec.to_builtins(body)):
        raise BadRequest(f"{error}: it holds a NUL character")
    return body


def _has_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(map(_has_nul, value)) or any(map(_has_nul, value.values()))
    return isinstance(value, list) and any(map(_has_nul, value))
