"""Models, providers, packs and an org's default settings."""

from django.http import HttpResponse
from rest_framework.request import Request

from models_config import serializers as shapes
from models_config.logic.settings import settings_payload
from models_config.selectors import (
    custom_model_get,
    custom_model_list,
    custom_pack_list,
    custom_provider_get,
    custom_provider_list,
    default_settings,
    org_models,
)
from models_config.services import (
    default_settings_update,
    models_sync,
    pack_create,
    pack_update,
)
from orgs.authentication import auth_of
from plandex_server.api.dialect import Dialect, check_client_version
from plandex_server.api.views import ApiViewSet, answer, dialect
from plandex_server.errors import BadRequest

USE_CUSTOM_MODELS = "Use POST /custom_models instead to {} model packs"


class CustomModelViewSet(ApiViewSet):
    def list(self, request: Request) -> HttpResponse:
        check_client_version(request.headers)
        models = custom_model_list(auth_of(request).org.id)
        return answer([shapes.model_json(model) for model in models])

    def upsert(self, request: Request) -> HttpResponse:
        """The CLI sends its complete state; the API dialect only what it adds or changes."""
        check_client_version(request.headers)
        models_sync(
            org=auth_of(request).org,
            sent=shapes.models_input(request),
            keep_missing=dialect(request) is Dialect.API,
        )
        return answer()

    def retrieve(self, request: Request, model_id: str) -> HttpResponse:
        model = custom_model_get(org_id=auth_of(request).org.id, model_id=model_id)
        return answer(shapes.model_json(model))


class CustomProviderViewSet(ApiViewSet):
    def list(self, request: Request) -> HttpResponse:
        providers = custom_provider_list(auth_of(request).org.id)
        return answer([shapes.provider_json(provider) for provider in providers])

    def retrieve(self, request: Request, provider_id: str) -> HttpResponse:
        provider = custom_provider_get(org_id=auth_of(request).org.id, provider_id=provider_id)
        return answer(shapes.provider_json(provider))


class ModelPackViewSet(ApiViewSet):
    """The CLI has the built-in packs compiled in and changes its own through `/custom_models`."""

    def list(self, request: Request) -> HttpResponse:
        check_client_version(request.headers)
        speaks = dialect(request)
        built_in = shapes.builtin_packs_json() if speaks is Dialect.API else []
        packs = custom_pack_list(auth_of(request).org.id)
        return answer(built_in + [shapes.pack_json(pack, speaks) for pack in packs])

    def create(self, request: Request) -> HttpResponse:
        _refuse_cli(request, "create")
        pack = pack_create(org=auth_of(request).org, raw=shapes.pack_input(request))
        return answer(shapes.pack_json(pack, Dialect.API), status=201)

    def update(self, request: Request, set_id: str) -> HttpResponse:
        _refuse_cli(request, "update")
        pack = pack_update(org=auth_of(request).org, set_id=set_id, raw=shapes.pack_input(request))
        return answer(shapes.pack_json(pack, Dialect.API))


class DefaultSettingsViewSet(ApiViewSet):
    def retrieve(self, request: Request) -> HttpResponse:
        org_id = auth_of(request).org.id
        api_form = dialect(request) is Dialect.API
        stored = default_settings(org_id)
        return answer(settings_payload(stored, org_models(org_id), api_form=api_form))

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
