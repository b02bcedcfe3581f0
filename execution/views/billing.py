"""What models cost: for `plandex usage`, for tables, and the budgets and prices of an org."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import cast

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from rest_framework.request import Request

from execution import billing, usage
from execution import billing_shapes as shapes
from execution.models import ModelCall
from execution.selectors import budget_get
from models_config.logic.prices import price_list
from models_config.models import ModelPrice
from models_config.selectors import model_price_get, model_price_list
from models_config.services import price_remove, price_set
from orgs.authentication import Auth, auth_of
from orgs.logic.audit import Action
from orgs.logic.permissions import Permission
from orgs.selectors import membership_get
from orgs.services.audit import audit_record
from orgs.services.budgets import budget_remove, budget_set
from plandex_server.api.csv_files import MEDIA, csv_answer
from plandex_server.api.describe import Answer, Parameter, describes
from plandex_server.api.queries import query_choice, query_day, query_int, query_time
from plandex_server.api.views import ApiViewSet, answer, parse
from plandex_server.errors import BadRequest
from plans.selectors import plan_get

MAX_PAGE_SIZE = 500
MAX_PAGE = 1_000_000
MAX_EXPORTED_CALLS = 200_000
NOT_ALL = "User does not have permission to see the usage of the org"
NOT_BILLING = "User does not have permission to manage billing"

_DAYS = (
    Parameter("since", "The first day, in UTC.", {"type": "string", "format": "date"}),
    Parameter("until", "The last day, in UTC.", {"type": "string", "format": "date"}),
)
_FILTERS = (
    *_DAYS,
    Parameter("userId", "Only this user's.", {"type": "string"}),
    Parameter("planId", "Only this plan's.", {"type": "string"}),
)
_BY = Parameter(
    "by",
    "What to add up by; `day` by default.",
    {"type": "string", "enum": list(usage.GROUPINGS)},
)
_PAGE = (
    Parameter("size", "Transactions of a page, 100 by default.", {"type": "integer"}),
    Parameter("page", "The page, from 1 on.", {"type": "integer"}),
)
_USAGE_COLUMNS = (*usage.UsageRow._fields,)
_CALL_COLUMNS = (
    "started_at",
    "user",
    "plan",
    "role",
    "purpose",
    "model",
    "provider",
    "input_tokens",
    "cached_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "tokens_reported",
    "cost",
    "org_key",
    "result",
    "first_token_ms",
    "duration_ms",
)


class BillingViewSet(ApiViewSet):
    @describes(
        "getBalance",
        "Billing",
        "What the nearest hard limit on the caller leaves, in dollars; 0 without one.",
        returns={200: Answer("The balance.", shapes.BalanceJson)},
    )
    def balance(self, request: Request) -> HttpResponse:
        value: shapes.BalanceJson = {"balance": billing.balance(auth_of(request))}
        return answer(value)

    @describes(
        "getCreditsSummary",
        "Billing",
        "What was spent, by plan, model and purpose: by the org where the caller may see that, "
        "else by the caller.",
        body=shapes.BillingRequest,
        returns={200: Answer("The sums.", shapes.SummaryJson)},
        errors=(404,),
    )
    def summary(self, request: Request) -> HttpResponse:
        auth = auth_of(request)
        found = billing.spend(_wanted(auth, request))
        return answer(shapes.summary_json(found, billing.balance(auth)))

    @describes(
        "listCreditsTransactions",
        "Billing",
        "The single calls of models, newest first, with what was left after each.",
        body=shapes.BillingRequest,
        returns={200: Answer("A page of transactions.", shapes.TransactionsJson)},
        errors=(404,),
        parameters=_PAGE,
    )
    def transactions(self, request: Request) -> HttpResponse:
        auth = auth_of(request)
        found = billing.transactions(
            auth,
            _wanted(auth, request),
            size=query_int(request.query_params, "size", 100, minimum=1, maximum=MAX_PAGE_SIZE),
            page=query_int(request.query_params, "page", 1, minimum=1, maximum=MAX_PAGE),
        )
        return answer(shapes.transactions_json(auth.org, found))

    @describes(
        "getUsage",
        "Billing",
        "Calls, tokens and costs, added up by day, user, plan, role, purpose, model or provider. "
        "Without the permission to see the org's usage: the caller's own.",
        returns={200: Answer("The sums.", Sequence[shapes.UsageRowJson])},
        errors=(400, 404),
        parameters=(_BY, *_FILTERS),
    )
    def usage(self, request: Request) -> HttpResponse:
        rows = usage.usage_totals(_filter(auth_of(request), request.query_params), _by(request))
        return answer([shapes.usage_row_json(row) for row in rows])

    @describes(
        "exportUsage",
        "Billing",
        "The same as CSV.",
        returns={200: Answer("A table.", text="key,label,calls\r\n", media=MEDIA)},
        errors=(400, 403, 404),
        parameters=(_BY, *_FILTERS),
    )
    def export(self, request: Request) -> HttpResponse:
        auth = auth_of(request)
        auth.require(Permission.VIEW_ALL_USAGE, NOT_ALL)
        by = _by(request)
        rows = usage.usage_totals(_filter(auth, request.query_params), by)
        _exported(auth, f"usage by {by}", len(rows))
        return csv_answer(f"usage-by-{by}.csv", _USAGE_COLUMNS, map(usage.csv_cells, rows))

    @describes(
        "exportCalls",
        "Billing",
        f"The single calls of models as CSV, oldest first, {MAX_EXPORTED_CALLS} at most.",
        returns={200: Answer("A table.", text="started_at,user,plan\r\n", media=MEDIA)},
        errors=(400, 403),
        parameters=(
            Parameter("since", "The first moment.", {"type": "string", "format": "date-time"}),
            Parameter("until", "The first one after.", {"type": "string", "format": "date-time"}),
        ),
    )
    def export_calls(self, request: Request) -> HttpResponse:
        auth = auth_of(request)
        auth.require(Permission.VIEW_ALL_USAGE, NOT_ALL)
        since = query_time(request.query_params, "since")
        until = query_time(request.query_params, "until")
        calls = usage.calls_between(auth.org.id, since, until)[:MAX_EXPORTED_CALLS]
        response = csv_answer("model-calls.csv", _CALL_COLUMNS, _call_rows(calls))
        _exported(auth, "model calls", response.content.count(b"\n") - 1)
        return response


class BudgetViewSet(ApiViewSet):
    @describes(
        "listBudgets",
        "Billing",
        "The org's budgets, each with what is spent of it.",
        returns={200: Answer("Budgets.", Sequence[shapes.BudgetJson])},
        errors=(403,),
    )
    def list(self, request: Request) -> HttpResponse:
        auth = auth_of(request)
        auth.require(Permission.VIEW_ALL_USAGE, NOT_ALL)
        found = usage.budgets_with_spent(auth.org.id)
        return answer([shapes.budget_json(budget, standing) for budget, standing in found])

    @describes(
        "setBudget",
        "Billing",
        "Set the limits of the org, or of one user or plan of it, for a request, a day, a month or "
        "all time. The soft limit warns, the hard one pauses runs.",
        body=shapes.BudgetRequest,
        returns={200: Answer("The budget.", shapes.BudgetJson)},
        errors=(403, 404),
    )
    def set(self, request: Request) -> HttpResponse:
        auth = auth_of(request)
        auth.require(Permission.MANAGE_BILLING, NOT_BILLING)
        body = parse(request, shapes.BudgetRequest)
        user = membership_get(org=auth.org, user_id=body.user_id).user if body.user_id else None
        plan = plan_get(auth=auth, plan_id=body.plan_id) if body.plan_id else None
        budget = budget_set(
            org=auth.org,
            user=user,
            plan=plan,
            period=body.period,
            soft_limit=body.soft_limit,
            hard_limit=body.hard_limit,
        )
        return answer(shapes.budget_json(budget, usage.budget_standing(budget)))

    @describes(
        "deleteBudget",
        "Billing",
        "Remove a budget.",
        returns={204: "Budget removed."},
        errors=(403,),
    )
    def destroy(self, request: Request, budget_id: str) -> HttpResponse:
        auth = auth_of(request)
        auth.require(Permission.MANAGE_BILLING, NOT_BILLING)
        budget_remove(budget=budget_get(org_id=auth.org.id, budget_id=budget_id))
        return answer(status=204)


class PriceViewSet(ApiViewSet):
    @describes(
        "listPrices",
        "Billing",
        "What models cost per million tokens: the org's own prices, and the list.",
        returns={200: Answer("Prices.", shapes.PricesJson)},
    )
    def list(self, request: Request) -> HttpResponse:
        listed = price_list()
        value: shapes.PricesJson = {
            "own": [shapes.price_json(one) for one in model_price_list(auth_of(request).org.id)],
            "listed": [shapes.listed_price_json(one) for one in listed.prices],
            "asOf": listed.as_of,
            "sources": listed.sources,
        }
        return answer(value)

    @describes(
        "setPrice",
        "Billing",
        "Set what the org pays for a model, in place of the list price.",
        body=shapes.PriceRequest,
        returns={200: Answer("The price.", shapes.PriceJson)},
        errors=(403,),
    )
    def set(self, request: Request) -> HttpResponse:
        auth = auth_of(request)
        auth.require(Permission.MANAGE_BILLING, NOT_BILLING)
        price = _price_set(auth, parse(request, shapes.PriceRequest))
        return answer(shapes.price_json(price))

    @describes(
        "deletePrice",
        "Billing",
        "Remove a price of the org's own.",
        returns={204: "Price removed."},
        errors=(403,),
    )
    def destroy(self, request: Request, price_id: str) -> HttpResponse:
        auth = auth_of(request)
        auth.require(Permission.MANAGE_BILLING, NOT_BILLING)
        price_remove(price=model_price_get(org_id=auth.org.id, price_id=price_id))
        return answer(status=204)


def _price_set(auth: Auth, body: shapes.PriceRequest) -> ModelPrice:
    if body.input is None or body.output is None:
        raise BadRequest("A price needs input and output")
    return price_set(
        org=auth.org,
        model_id=body.model_id,
        provider=body.provider,
        input=body.input,
        output=body.output,
        cached_input=body.cached_input,
        cache_write=body.cache_write,
    )


def _wanted(auth: Auth, request: Request) -> billing.Wanted:
    body = parse(request, shapes.BillingRequest)
    return billing.wanted_by(
        auth,
        plan_id=body.plan_id,
        session_id=body.session_id,
        since=body.day_start,
        month=body.month,
        credits_only=body.transaction_type == "credit",
    )


def _by(request: Request) -> usage.Grouping:
    return cast(usage.Grouping, query_choice(request.query_params, "by", usage.GROUPINGS, "day"))


def _filter(auth: Auth, query: QueryDict) -> usage.UsageFilter:
    plan_id = query.get("planId", "")
    wanted = billing.wanted_by(auth, plan_id=plan_id)
    user_id = query.get("userId", "")
    if user_id and wanted.user_id is None:
        user_id = membership_get(org=auth.org, user_id=user_id).user_id
    return usage.UsageFilter(
        org_id=auth.org.id,
        since=query_day(query, "since"),
        until=query_day(query, "until"),
        user_id=wanted.user_id or user_id or None,
        plan_id=wanted.plan_id,
    )


def _call_rows(calls: QuerySet[ModelCall]) -> Iterator[tuple[object, ...]]:
    for call in calls.iterator(chunk_size=2000):
        yield (
            call.started_at.isoformat(),
            call.user.email if call.user else usage.GONE,
            call.plan.name if call.plan else usage.GONE,
            call.role,
            call.purpose,
            call.model_id,
            call.provider,
            call.input_tokens,
            call.cached_tokens,
            call.cache_write_tokens,
            call.output_tokens,
            call.reasoning_tokens,
            call.reported,
            _plain(call.cost),
            call.org_key,
            call.result,
            call.first_token_ms,
            call.duration_ms,
        )


def _plain(cost: Decimal | None) -> str:
    return "" if cost is None else f"{cost:f}"


def _exported(auth: Auth, what: str, rows: int) -> None:
    audit_record(Action.EXPORTED, org_id=auth.org.id, target=what, details={"rows": rows})
