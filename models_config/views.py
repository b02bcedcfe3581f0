"""Models, providers, packs and an org's default settings."""

from collections.abc import Sequence

from django.http import HttpResponse
from rest_framework.request import Request

from models_config import serializers as shapes
from models_config.logic.json_shapes import (
    CliModelPackJson,
    CliSettingsJson,
    CustomModelJson,
    CustomProviderJson,
    ModelPackJson,
    SettingsJson,
    SettingsUpdateJson,
)
from models_config.logic.settings import settings_payload
from models_config.selectors import custom_model_get, custom_provider_get, registry_of
from models_config.services.registry import (
    default_settings_update,
    models_sync,
    pack_create,
    pack_update,
)
from orgs.authentication import auth_of
from plandex_server.api.describe import Answer, describes
from plandex_server.api.dialect import Dialect, check_client_version
from plandex_server.api.views import ApiViewSet, answer, dialect
from plandex_server.errors import BadRequest

USE_CUSTOM_MODELS = "Use POST /custom_models instead to {} model packs"


class CustomModelViewSet(ApiViewSet):
    @describes(
        "listCustomModels",
        "Models",
        "List user-defined custom models.",
        returns={200: Answer("Custom models.", Sequence[CustomModelJson])},
        checks_version=True,
    )
    def list(self, request: Request) -> HttpResponse:
        check_client_version(request.headers)
        models = registry_of(auth_of(request).org).models.models
        return answer([shapes.model_json(model) for model in models])

    @describes(
        "upsertCustomModels",
        "Models",
        "Create or update custom models, providers and packs. In the CLI dialect the body is the "
        "org's complete state: what it leaves out is deleted.",
        body=shapes.ModelsBody,
        returns={200: "Custom models upserted."},
        errors=(403, 409, 422),
        checks_version=True,
    )
    def upsert(self, request: Request) -> HttpResponse:
        """The CLI sends its complete state; the API dialect only what it adds or changes."""
        check_client_version(request.headers)
        models_sync(
            org=auth_of(request).org,
            sent=shapes.models_input(request),
            keep_missing=dialect(request) is Dialect.API,
        )
        return answer()

    @describes(
        "getCustomModel",
        "Models",
        "Get a user-defined custom model by its id or its model id.",
        returns={200: Answer("Custom model.", CustomModelJson)},
    )
    def retrieve(self, request: Request, model_id: str) -> HttpResponse:
        model = custom_model_get(org_id=auth_of(request).org.id, model_id=model_id)
        return answer(shapes.model_json(model))


class CustomProviderViewSet(ApiViewSet):
    @describes(
        "listCustomProviders",
        "Models",
        "List custom (OpenAI-compatible) model providers.",
        returns={200: Answer("Custom providers.", Sequence[CustomProviderJson])},
    )
    def list(self, request: Request) -> HttpResponse:
        providers = registry_of(auth_of(request).org).models.providers
        return answer([shapes.provider_json(provider) for provider in providers])

    @describes(
        "getCustomProvider",
        "Models",
        "Get a custom provider by its id or its name.",
        returns={200: Answer("Custom provider.", CustomProviderJson)},
    )
    def retrieve(self, request: Request, provider_id: str) -> HttpResponse:
        provider = custom_provider_get(org_id=auth_of(request).org.id, provider_id=provider_id)
        return answer(shapes.provider_json(provider))


class ModelPackViewSet(ApiViewSet):
    """The CLI has the built-in packs compiled in and changes its own through `/custom_models`."""

    @describes(
        "listModelPacks",
        "Models",
        "List built-in and custom model packs; in the CLI dialect the custom ones alone.",
        returns={
            200: Answer("Model packs.", Sequence[ModelPackJson], cli=Sequence[CliModelPackJson])
        },
        checks_version=True,
    )
    def list(self, request: Request) -> HttpResponse:
        check_client_version(request.headers)
        packs = registry_of(auth_of(request).org).models.packs
        if dialect(request) is Dialect.API:
            return answer(shapes.packs_json(packs))
        return answer(shapes.cli_packs_json(packs))

    @describes(
        "createModelPack",
        "Models",
        "Create a model pack. Roles that are not sent are those of the default pack. "
        "Refused in the CLI dialect.",
        body=shapes.NewPackBody,
        returns={201: Answer("Model pack created.", ModelPackJson)},
        errors=(409, 422),
        checks_version=True,
    )
    def create(self, request: Request) -> HttpResponse:
        _refuse_cli(request, "create")
        pack = pack_create(org=auth_of(request).org, raw=shapes.pack_input(request))
        return answer(shapes.pack_json(pack), status=201)

    @describes(
        "updateModelPack",
        "Models",
        "Update a custom model pack by its id or name. Roles that are not sent stay. "
        "Refused in the CLI dialect.",
        body=shapes.ChangedPackBody,
        returns={200: Answer("Model pack updated.", ModelPackJson)},
        errors=(409, 422),
        checks_version=True,
    )
    def update(self, request: Request, set_id: str) -> HttpResponse:
        _refuse_cli(request, "update")
        pack = pack_update(org=auth_of(request).org, set_id=set_id, raw=shapes.pack_input(request))
        return answer(shapes.pack_json(pack))


class DefaultSettingsViewSet(ApiViewSet):
    @describes(
        "getDefaultSettings",
        "Settings",
        "Get org-level default model settings.",
        returns={200: Answer("Default settings.", SettingsJson, cli=CliSettingsJson)},
    )
    def retrieve(self, request: Request) -> HttpResponse:
        registry = registry_of(auth_of(request).org)
        api_form = dialect(request) is Dialect.API
        return answer(settings_payload(registry.defaults, registry.models, api_form=api_form))

    @describes(
        "updateDefaultSettings",
        "Settings",
        "Update the org's default model settings: a pack's name, or a pack.",
        body=shapes.SettingsBody,
        returns={200: Answer("Default settings updated.", SettingsUpdateJson)},
        errors=(422,),
    )
    def update(self, request: Request) -> HttpResponse:
        message = default_settings_update(
            org=auth_of(request).org,
            sent=shapes.settings_input(request),
            keep_roles=dialect(request) is Dialect.API,
        )
        return answer({"msg": message})


def _refuse_cli(request: Request, verb: str) -> None:
    check_client_version(request.headers)
    if dialect(request) is Dialect.CLI:
        raise BadRequest(USE_CUSTOM_MODELS.format(verb))
