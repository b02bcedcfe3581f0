"""What models used and cost: sums, and tables to download."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import cast

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from rest_framework.request import Request

from execution import billing, usage
from execution.billing_shapes import UsageRowJson, usage_row_json
from execution.models import ModelCall
from orgs.authentication import Auth, auth_of
from orgs.logic.audit import Action
from orgs.logic.permissions import Permission
from orgs.selectors import membership_get
from orgs.services.audit import audit_record
from plandex_server.api.csv_files import MEDIA, csv_answer
from plandex_server.api.describe import Answer, Parameter, describes
from plandex_server.api.queries import (
    day_parameter,
    query_choice,
    query_day,
    query_time,
    time_parameter,
)
from plandex_server.api.views import ApiViewSet, answer

MAX_EXPORTED_CALLS = 200_000

_DAYS = (
    day_parameter("since", "The first day, in UTC."),
    day_parameter("until", "The last day, in UTC."),
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


class UsageViewSet(ApiViewSet):
    @describes(
        "getUsage",
        "Billing",
        "Calls, tokens and costs, added up by day, user, plan, role, purpose, model or provider. "
        "Without the permission to see the org's usage: the caller's own.",
        returns={200: Answer("The sums.", Sequence[UsageRowJson])},
        errors=(400, 404),
        parameters=(_BY, *_FILTERS),
    )
    def usage(self, request: Request) -> HttpResponse:
        rows = usage.usage_totals(_filter(auth_of(request), request.query_params), _by(request))
        return answer([usage_row_json(row) for row in rows])

    @describes(
        "exportUsage",
        "Billing",
        "The same as CSV.",
        returns={200: Answer("A table.", text="key,label,calls\r\n", media=MEDIA)},
        errors=(400, 403, 404),
        parameters=(_BY, *_FILTERS),
    )
    def export(self, request: Request) -> HttpResponse:
        auth = usage_viewer(request)
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
            time_parameter("since", "The first moment, or day."),
            time_parameter("until", "The first one after."),
        ),
    )
    def export_calls(self, request: Request) -> HttpResponse:
        auth = usage_viewer(request)
        since = query_time(request.query_params, "since")
        until = query_time(request.query_params, "until")
        calls = usage.calls_between(auth.org.id, since, until)[:MAX_EXPORTED_CALLS]
        response = csv_answer("model-calls.csv", _CALL_COLUMNS, _call_rows(calls))
        _exported(auth, "model calls", response.content.count(b"\n") - 1)
        return response


def usage_viewer(request: Request) -> Auth:
    """The caller, who has to be one who may see everybody's usage."""
    auth = auth_of(request)
    auth.require(
        Permission.VIEW_ALL_USAGE, "User does not have permission to see the usage of the org"
    )
    return auth


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
