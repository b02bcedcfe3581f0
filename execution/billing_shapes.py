"""Requests and answers of `/billing` about what was spent. Amounts are decimals as text, as the
CLI's own are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, NotRequired, TypedDict

import msgspec

from execution.billing import Spend, Transactions, month_start, plan_names
from execution.models import ModelCall
from execution.usage import GONE, UsageRow
from orgs.models import Org
from plandex_server.api.body import Storable, StoredBody
from plandex_server.api.times import Time, rfc3339

MILLION = Decimal(1_000_000)
LEAST = Decimal("0.0000000001")
"""The CLI divides by a transaction's base amount: one that cost nothing must not crash it."""


class BillingRequest(StoredBody):
    """What is wanted; all conditions count together."""

    transaction_type: Storable = ""
    plan_id: Storable = ""
    session_id: Storable = ""
    day_start: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    month: bool = False


class BalanceJson(TypedDict):
    balance: Decimal


class SummaryJson(TypedDict):
    balance: Decimal
    totalSpend: Decimal
    monthStart: Time
    byPlanId: Mapping[str, Decimal]
    planNamesById: Mapping[str, str]
    byModelName: Mapping[str, Decimal]
    byPurpose: Mapping[str, Decimal]
    cacheSavings: Decimal


class TransactionJson(TypedDict):
    """One model call. `debitModelInputPricePerToken` and its like are what the call was priced at;
    a call without a known price says so in `debitPurpose`."""

    id: str
    orgId: str
    orgName: str
    userId: str | None
    userEmail: str | None
    userName: str | None
    transactionType: str
    amount: Decimal
    startBalance: Decimal
    endBalance: Decimal
    creditIsAutoRebuy: bool
    debitInputTokens: int
    debitOutputTokens: int
    debitModelInputPricePerToken: Decimal
    debitModelOutputPricePerToken: Decimal
    debitBaseAmount: Decimal
    debitSurcharge: Decimal
    debitModelProvider: str
    debitModelName: str
    debitModelPackName: str
    debitModelRole: str
    debitPurpose: str
    debitPlanId: NotRequired[str]
    debitPlanName: NotRequired[str]
    debitId: str
    debitCacheDiscount: NotRequired[Decimal]
    debitSessionId: NotRequired[str]
    createdAt: Time


class TransactionsJson(TypedDict):
    """`numPagesMax`: there are more pages than were counted."""

    transactions: Sequence[TransactionJson]
    numPages: int
    numPagesMax: bool
    monthStart: Time
    planNamesById: Mapping[str, str]


class UsageRowJson(TypedDict):
    """The sums of one day, user, plan, role, purpose, model or provider. Calls without a known
    price are counted in `unpriced` and not in `cost`."""

    key: str
    label: str
    calls: int
    failed: int
    unpriced: int
    inputTokens: int
    cachedTokens: int
    cacheWriteTokens: int
    outputTokens: int
    reasoningTokens: int
    cost: Decimal
    cacheSaving: Decimal


def summary_json(found: Spend, balance: Decimal) -> SummaryJson:
    by_plan = {plan_id: spent for plan_id, spent in found.by_plan.items() if plan_id}
    return {
        "balance": balance,
        "totalSpend": found.total,
        "monthStart": rfc3339(month_start()),
        "byPlanId": by_plan,
        "planNamesById": plan_names(list(by_plan)),
        "byModelName": found.by_model,
        "byPurpose": found.by_purpose,
        "cacheSavings": found.cache_saving,
    }


def transactions_json(org: Org, found: Transactions) -> TransactionsJson:
    plans = {call.plan_id: call.plan.name if call.plan else GONE for call in found.calls}
    return {
        "transactions": [_transaction(org, call, found) for call in found.calls],
        "numPages": found.num_pages,
        "numPagesMax": found.is_capped,
        "monthStart": rfc3339(month_start()),
        "planNamesById": {plan_id: name for plan_id, name in plans.items() if plan_id},
    }


def _transaction(org: Org, call: ModelCall, found: Transactions) -> TransactionJson:
    amount = call.cost or Decimal(0)
    end = found.balances.get(call.pk, Decimal(0))
    value: TransactionJson = {
        "id": call.id,
        "orgId": org.id,
        "orgName": org.name,
        "userId": call.user_id,
        "userEmail": call.user.email if call.user else None,
        "userName": call.user.name if call.user else None,
        "transactionType": "debit",
        "amount": amount,
        "startBalance": end + amount if call.pk in found.balances else Decimal(0),
        "endBalance": end,
        "creditIsAutoRebuy": False,
        "debitInputTokens": call.input_tokens,
        "debitOutputTokens": call.output_tokens,
        "debitModelInputPricePerToken": (call.input_price or Decimal(0)) / MILLION,
        "debitModelOutputPricePerToken": (call.output_price or Decimal(0)) / MILLION,
        "debitBaseAmount": amount or LEAST,
        "debitSurcharge": Decimal(0),
        "debitModelProvider": call.provider,
        "debitModelName": call.model_name.removeprefix(f"{call.provider}/"),
        "debitModelPackName": call.pack,
        "debitModelRole": call.role,
        "debitPurpose": _purpose(call),
        "debitId": call.id,
        "createdAt": rfc3339(call.started_at),
    }
    if call.plan_id:
        value["debitPlanId"] = call.plan_id
        value["debitPlanName"] = call.plan.name if call.plan else GONE
    if call.cache_saving:
        value["debitCacheDiscount"] = call.cache_saving
    if call.session_id:
        value["debitSessionId"] = call.session_id
    return value


def _purpose(call: ModelCall) -> str:
    return call.purpose if call.cost is not None else f"{call.purpose} (price unknown)"


def usage_row_json(row: UsageRow) -> UsageRowJson:
    return {
        "key": row.key,
        "label": row.label,
        "calls": row.calls,
        "failed": row.failed,
        "unpriced": row.unpriced,
        "inputTokens": row.input_tokens,
        "cachedTokens": row.cached_tokens,
        "cacheWriteTokens": row.cache_write_tokens,
        "outputTokens": row.output_tokens,
        "reasoningTokens": row.reasoning_tokens,
        "cost": row.cost,
        "cacheSaving": row.cache_saving,
    }
