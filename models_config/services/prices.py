"""Setting what an org pays for its models, where that is not the list price."""

from decimal import Decimal
from typing import Any

from models_config.errors import BadPrice
from models_config.logic.org_models import OrgModels
from models_config.models import ModelPrice
from models_config.selectors import org_registry
from models_config.stamps import org_models_change
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
    given = (input, output, cached_input, cache_write)
    if any(price is not None and not _is_price(price) for price in given):
        raise BadPrice(f"A price is 0 to {MAX_PRICE} dollars per million tokens")
    names = ("input", "output", "cached_input", "cache_write")
    fields: dict[str, Any] = {
        name: None if value is None else value.quantize(PRICE_PLACES)
        for name, value in zip(names, given, strict=True)
    }
    fields["updated_at"] = now()
    with org_models_change(org.id):
        _check_known(org_registry(org.id).models, model_id, provider)
        price, _ = ModelPrice.objects.update_or_create(
            org=org, model_id=model_id, provider=provider, defaults=fields
        )
        _price_record(Action.PRICE_SET, price)
    return price


def price_remove(*, price: ModelPrice) -> None:
    """From now on the list price counts again."""
    with org_models_change(price.org_id):
        deleted, _ = ModelPrice.objects.filter(pk=price.pk).delete()
        if deleted:
            _price_record(Action.PRICE_REMOVED, price)


def _check_known(models: OrgModels, model_id: str, provider: str) -> None:
    if not models.knows_model(model_id):
        raise BadPrice(f"Unknown model: {model_id[:100]}")
    providers = {used.composite for used in models.uses_providers(model_id)}
    if provider and provider not in providers:
        raise BadPrice(f"{model_id} has no provider {provider[:100]}")


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
