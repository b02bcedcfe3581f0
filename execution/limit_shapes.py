"""Requests and answers of `/billing` about budgets and prices."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, TypedDict

import msgspec

from models_config.logic.prices import ListedPrice
from models_config.models import ModelPrice
from orgs.logic.budgets import Period, Standing
from orgs.models import Budget
from plandex_server.api.body import Needed, Storable, StoredBody, one_needed
from plandex_server.api.times import Time, rfc3339

Limit = (
    Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,9}(\.[0-9]{1,4})?$")]
    | Annotated[float, msgspec.Meta(ge=0, le=999_999_999)]
)
"""Dollars; as text they lose nothing on the way."""
Price = (
    Annotated[str, msgspec.Meta(pattern=r"^(100000(\.0{1,6})?|[0-9]{1,5}(\.[0-9]{1,6})?)$")]
    | Annotated[float, msgspec.Meta(ge=0, le=100_000)]
)
"""Dollars per million tokens."""
AMOUNT = {"type": ["string", "number"]}


def decimal_of(amount: str | float | None) -> Decimal | None:
    return None if amount is None else Decimal(str(amount))


class BudgetRequest(StoredBody):
    """Limits in dollars for the org, or for one user or plan of it, in a period."""

    period: Period = Period.MONTH
    user_id: Storable = ""
    plan_id: Storable = ""
    soft_limit: Limit | None = None
    hard_limit: Limit | None = None


BudgetBody = Annotated[BudgetRequest, one_needed(softLimit=AMOUNT, hardLimit=AMOUNT)]
"""With at least one limit."""


class BudgetJson(TypedDict):
    id: str
    period: str
    userId: str | None
    planId: str | None
    name: str
    softLimit: Decimal | None
    hardLimit: Decimal | None
    spent: Decimal
    remaining: Decimal | None
    createdAt: Time
    updatedAt: Time


class PriceRequest(StoredBody):
    """Dollars per million tokens. Without `provider`: of all that serve the model."""

    model_id: Annotated[Needed[Storable], msgspec.Meta(extra_json_schema={"minLength": 1})] = ""
    provider: Storable = ""
    input: Needed[Price | None] = None
    output: Needed[Price | None] = None
    cached_input: Price | None = None
    cache_write: Price | None = None


class PriceJson(TypedDict):
    id: str
    modelId: str
    provider: str
    input: Decimal
    output: Decimal
    cachedInput: Decimal | None
    cacheWrite: Decimal | None


class ListedPriceJson(TypedDict):
    provider: str
    modelName: str
    input: Decimal
    output: Decimal
    cachedInput: Decimal | None
    cacheWrite: Decimal | None


class PricesJson(TypedDict):
    """The org's own prices, and the list that counts where it has none."""

    own: Sequence[PriceJson]
    listed: Sequence[ListedPriceJson]
    asOf: str
    sources: Sequence[str]


def budget_json(budget: Budget, standing: Standing) -> BudgetJson:
    return {
        "id": budget.id,
        "period": budget.period,
        "userId": budget.user_id,
        "planId": budget.plan_id,
        "name": standing.whose,
        "softLimit": budget.soft_limit,
        "hardLimit": budget.hard_limit,
        "spent": standing.spent,
        "remaining": standing.remaining,
        "createdAt": rfc3339(budget.created_at),
        "updatedAt": rfc3339(budget.updated_at),
    }


def price_json(price: ModelPrice) -> PriceJson:
    return {
        "id": price.id,
        "modelId": price.model_id,
        "provider": price.provider,
        "input": price.input,
        "output": price.output,
        "cachedInput": price.cached_input,
        "cacheWrite": price.cache_write,
    }


def listed_price_json(price: ListedPrice) -> ListedPriceJson:
    return {
        "provider": price.provider,
        "modelName": price.model_name,
        "input": price.input,
        "output": price.output,
        "cachedInput": price.cached_input,
        "cacheWrite": price.cache_write,
    }
