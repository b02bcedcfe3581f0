"""Setting what an org pays for its models, where that is not the list price."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from models_config.errors import BadPrice
from models_config.models import ModelPrice
from models_config.selectors import org_models
from orgs.logic.audit import Action
from orgs.models import Org
from orgs.services.audit import audit_record
from plandex_server.db import now

MAX_PRICE = Decimal(100_000)
PRICE_PLACES = Decimal("0.000001")


def price_set(
    *,
    org: Org,
    model_id: str,
    provider: str = "",
    input: Decimal,
    output: Decimal,
    cached_input: Decimal | None = None,
    cache_write: Decimal | None = None,
) -> ModelPrice:
    """What the org pays for a model, in dollars per million tokens. Calls from now on cost it."""
    if not org_models(org.id).knows_model(model_id):
        raise BadPrice(f"Unknown model: {model_id[:100]}")
    if provider and provider not in _providers_of(org, model_id):
        raise BadPrice(f"{model_id} has no provider {provider[:100]}")
    given = (input, output, cached_input, cache_write)
    if any(price is not None and not _is_price(price) for price in given):
        raise BadPrice(f"A price is 0 to {MAX_PRICE} dollars per million tokens")
    names = ("input", "output", "cached_input", "cache_write")
    fields: dict[str, Any] = {
        name: None if value is None else value.quantize(PRICE_PLACES)
        for name, value in zip(names, given, strict=True)
    }
    fields["updated_at"] = now()
    with transaction.atomic():
        price, _ = ModelPrice.objects.update_or_create(
            org=org, model_id=model_id, provider=provider, defaults=fields
        )
        _price_record(Action.PRICE_SET, price)
    return price


def price_remove(*, price: ModelPrice) -> None:
    """From now on the list price counts again."""
    with transaction.atomic():
        deleted, _ = ModelPrice.objects.filter(pk=price.pk).delete()
        if deleted:
            _price_record(Action.PRICE_REMOVED, price)


def _providers_of(org: Org, model_id: str) -> set[str]:
    return {used.composite for used in org_models(org.id).uses_providers(model_id)}


def _is_price(price: Decimal) -> bool:
    return price.is_finite() and 0 <= price <= MAX_PRICE


def _price_record(action: Action, price: ModelPrice) -> None:
    audit_record(
        action,
        org_id=price.org_id,
        kind="price",
        target_id=price.model_id,
        target=f"{price.model_id} {price.provider}".strip(),
        details={"input": str(price.input), "output": str(price.output)},
    )
