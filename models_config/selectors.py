"""Reading what an org added to the registry. Everything is scoped to the caller's org."""

from typing import TypeVar

from django.db.models import QuerySet

from models_config.errors import ModelNotFound, PackNotFound, PriceNotFound, ProviderNotFound
from models_config.logic.org_models import CustomModel as ModelValue
from models_config.logic.org_models import CustomProvider as ProviderValue
from models_config.logic.org_models import OrgModels
from models_config.logic.pack_input import pack_from_json
from models_config.logic.packs import ModelPack
from models_config.logic.prices import OrgPrices, Price
from models_config.logic.settings import StoredSettings
from models_config.models import (
    CustomModel,
    CustomPack,
    CustomProvider,
    DefaultSettings,
    ModelPrice,
)
from plandex_server import typed
from plandex_server.api.ids import canonical_id
from plandex_server.prepared import Prepared

M = TypeVar("M", CustomModel, CustomPack, CustomProvider)


_MODELS = Prepared(
    lambda slots: CustomModel.objects.filter(org_id=slots.org_id).order_by("created_at", "id")
)
_PROVIDERS = Prepared(lambda slots: CustomProvider.objects.filter(org_id=slots.org_id))
_PACKS = Prepared(
    lambda slots: CustomPack.objects.filter(org_id=slots.org_id).order_by("created_at", "id")
)
_PRICES = Prepared(lambda slots: ModelPrice.objects.filter(org_id=slots.org_id))
_DEFAULTS = Prepared(lambda slots: DefaultSettings.objects.filter(org_id=slots.org_id))


def org_models(org_id: str) -> OrgModels:
    """The org's custom models, providers and packs, in three queries."""
    return OrgModels(
        models=tuple(custom_model_list(org_id)),
        providers=tuple(custom_provider_list(org_id)),
        packs=tuple(custom_pack_list(org_id)),
    )


def org_prices(org_id: str) -> OrgPrices:
    """What the org pays itself, by model and provider."""
    rows = _PRICES.all(org_id=org_id)
    return {(row.model_id, row.provider): price_value(row) for row in rows}


def model_price_list(org_id: str) -> list[ModelPrice]:
    return list(ModelPrice.objects.filter(org_id=org_id).order_by("model_id", "provider"))


def model_price_get(*, org_id: str, price_id: str) -> ModelPrice:
    price = ModelPrice.objects.filter(org_id=org_id, pk=canonical_id(price_id)).first()
    if price is None:
        raise PriceNotFound("Price not found")
    return price


def price_value(row: ModelPrice) -> Price:
    return Price(
        input=row.input,
        output=row.output,
        cached_input=row.cached_input,
        cache_write=row.cache_write,
    )


def custom_model_list(org_id: str) -> list[ModelValue]:
    """By creation time."""
    return [model_value(row) for row in _MODELS.all(org_id=org_id)]


def custom_provider_list(org_id: str) -> list[ProviderValue]:
    """By name, in one order whatever the database's collation."""
    rows = _PROVIDERS.all(org_id=org_id)
    return sorted(map(provider_value, rows), key=lambda provider: provider.name)


def custom_pack_list(org_id: str) -> list[ModelPack]:
    """By creation time."""
    return [pack_value(row) for row in _PACKS.all(org_id=org_id)]


def custom_model_get(*, org_id: str, model_id: str) -> ModelValue:
    """By row id, or by the model's own id."""
    rows = CustomModel.objects.filter(org_id=org_id)
    row = _find(rows, model_id, "model_id")
    if row is None:
        raise ModelNotFound("Custom model not found")
    return model_value(row)


def custom_provider_get(*, org_id: str, provider_id: str) -> ProviderValue:
    """By row id, or by name."""
    rows = CustomProvider.objects.filter(org_id=org_id)
    row = _find(rows, provider_id, "name")
    if row is None:
        raise ProviderNotFound("Custom provider not found")
    return provider_value(row)


def custom_pack_row(*, org_id: str, set_id: str) -> CustomPack:
    """By row id, or by name."""
    rows = CustomPack.objects.filter(org_id=org_id)
    row = _find(rows, set_id, "name")
    if row is None:
        raise PackNotFound("Model pack not found")
    return row


def default_settings(org_id: str) -> StoredSettings:
    """The org's default settings; without a row the built-in default that was never updated."""
    row = _DEFAULTS.first(org_id=org_id)
    return StoredSettings() if row is None else settings_value(row)


def _find(rows: QuerySet[M], text: str, name: str) -> M | None:
    """The row named by its id or by the field `name`."""
    row_id = canonical_id(text)
    if row_id:
        return rows.filter(id=row_id).first()
    # No row is named with a NUL, and PostgreSQL refuses even to look for one.
    return None if "\0" in text else rows.filter(**{name: text}).first()


def model_value(row: CustomModel) -> ModelValue:
    return typed.convert(
        {
            **row.properties,
            "id": row.id,
            "modelId": row.model_id,
            "publisher": row.publisher,
            "description": row.description,
            "providers": row.providers,
            "createdAt": row.created_at,
            "updatedAt": row.updated_at,
        },
        ModelValue,
    )


def provider_value(row: CustomProvider) -> ProviderValue:
    return typed.convert(
        {
            "id": row.id,
            "name": row.name,
            "baseUrl": row.base_url,
            "hasAWSAuth": row.has_aws_auth,
            "skipAuth": row.skip_auth,
            "apiKeyEnvVar": row.api_key_env_var,
            "extraAuthVars": row.extra_auth_vars,
        },
        ProviderValue,
    )


def pack_value(row: CustomPack) -> ModelPack:
    return pack_from_json(
        {
            **row.roles,
            "id": row.id,
            "name": row.name,
            "description": row.description,
            "localProvider": row.local_provider,
        }
    )


def settings_value(row: DefaultSettings) -> StoredSettings:
    return StoredSettings(
        model_pack_name=row.model_pack_name,
        model_pack=None if row.model_pack is None else pack_from_json(row.model_pack),
        updated_at=row.updated_at,
    )
