"""Reading what an org added to the registry. Everything is scoped to the caller's org."""

from types import MappingProxyType
from typing import TypeVar

from django.db.models import QuerySet

from models_config.errors import ModelNotFound, PackNotFound, PriceNotFound, ProviderNotFound
from models_config.logic.org_models import CustomModel as ModelValue
from models_config.logic.org_models import CustomProvider as ProviderValue
from models_config.logic.org_models import OrgModels
from models_config.logic.org_registry import OrgRegistry
from models_config.logic.pack_input import pack_from_json
from models_config.logic.packs import ModelPack
from models_config.logic.prices import Price
from models_config.logic.settings import StoredSettings
from models_config.models import (
    CustomModel,
    CustomPack,
    CustomProvider,
    DefaultSettings,
    ModelPrice,
)
from models_config.stamps import is_changing, stamp_read
from orgs.models import Org
from plandex_server import typed
from plandex_server.api.ids import canonical_id
from plandex_server.prepared import Prepared
from plandex_server.stamped import Stamped

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


MOST_ORGS = 256
MOST_ITEMS = 10_000
"""Models, providers, packs and prices of all orgs together; a pack takes some 5 kB."""
KEPT_S = 60.0
"""What changed behind the services' backs, by hand or by a process of an earlier version, which
leaves the stamp alone, is seen after so long."""

_kept: Stamped[OrgRegistry] = Stamped(most=MOST_ORGS, heaviest=MOST_ITEMS, seconds=KEPT_S)


def org_registry(org_id: str, stamp: str | None = None) -> OrgRegistry:
    """All that the org added. Mostly it is kept already, and costs the query for the org's stamp;
    not even that with `stamp`: the org's, where the caller has just read it.
    """
    if is_changing(org_id):
        return _read(org_id)
    found = None if stamp is None else _kept.get(org_id, stamp)
    if found is not None:
        return found
    # Asked for again even where it was given: what is kept must be read after its stamp.
    stamp = stamp_read(org_id)
    if stamp is None:
        return _read(org_id)
    found = _kept.get(org_id, stamp)
    if found is None:
        found = _read(org_id)
        _kept.keep(org_id, stamp, found, weight=1 + found.size)
    return found


def registry_of(org: Org) -> OrgRegistry:
    """The same for an org that has just been read, as the caller's own has."""
    return org_registry(org.id, org.models_stamp)


def _read(org_id: str) -> OrgRegistry:
    """In five queries."""
    default = _DEFAULTS.first(org_id=org_id)
    providers = map(provider_value, _PROVIDERS.all(org_id=org_id))
    return OrgRegistry(
        models=OrgModels(
            models=tuple(map(model_value, _MODELS.all(org_id=org_id))),
            # By name, in one order whatever the database's collation.
            providers=tuple(sorted(providers, key=lambda provider: provider.name)),
            packs=tuple(map(pack_value, _PACKS.all(org_id=org_id))),
        ),
        defaults=StoredSettings() if default is None else settings_value(default),
        prices=MappingProxyType(
            {(row.model_id, row.provider): price_value(row) for row in _PRICES.all(org_id=org_id)}
        ),
    )


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
