"""What an org's models used and cost, added up: from the days' sums, so it costs the same for a
million calls as for a thousand."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth

from accounts.models import User
from execution.models import DAY_SUMS, ModelCall, UsageDay
from execution.services.budget_sums import standings
from models_config.logic.prices import rounded
from orgs.logic.budgets import Standing
from orgs.models import Budget
from plandex_server.db import now
from plans.models import Plan

Grouping = Literal["day", "month", "user", "plan", "role", "purpose", "model", "provider"]
GROUPINGS: Mapping[Grouping, str] = {
    "day": "day",
    "month": "month",
    "user": "user_id",
    "plan": "plan_id",
    "role": "role",
    "purpose": "purpose",
    "model": "model_id",
    "provider": "provider",
}
GONE = "(deleted)"


@dataclass(frozen=True, slots=True)
class UsageFilter:
    """Which usage is meant; days are UTC and both included. Without `org_id`: of all orgs."""

    org_id: str | None = None
    since: date | None = None
    until: date | None = None
    user_id: str | None = None
    plan_id: str | None = None
    role: str | None = None
    model_id: str | None = None
    provider: str | None = None


class UsageRow(NamedTuple):
    """The sums of one group. `unpriced` calls are not in `cost`."""

    key: str
    label: str
    calls: int
    failed: int
    unpriced: int
    input_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    output_tokens: int
    reasoning_tokens: int
    cost: Decimal
    cache_saving: Decimal


def usage_totals(wanted: UsageFilter, by: Grouping, *, limit: int | None = None) -> list[UsageRow]:
    """One row per day, user, … in two queries at most: days in their order, the rest by cost."""
    rows = usage_days(wanted)
    if by == "month":
        rows = rows.annotate(month=TruncMonth("day"))
    field = GROUPINGS[by]
    sums = rows.values(field).annotate(**{f"sum_{name}": Sum(name) for name in DAY_SUMS})
    sums = sums.order_by(field) if by in ("day", "month") else sums.order_by("-sum_cost", field)
    found = list(sums[:limit] if limit is not None else sums)
    labels = _labels(by, [row[field] for row in found])
    return [_row(row, field, labels) for row in found]


def rows_sum(rows: Collection[UsageRow]) -> UsageRow:
    """All of a grouping's rows in one."""
    sums = {f"sum_{name}": sum(getattr(row, name) for row in rows) for name in DAY_SUMS}
    return _row({"all": "", **sums}, "all", {})


def usage_days(wanted: UsageFilter) -> QuerySet[UsageDay]:
    given = {
        "org_id": wanted.org_id,
        "day__gte": wanted.since,
        "day__lte": wanted.until,
        "user_id": wanted.user_id,
        "plan_id": wanted.plan_id,
        "role": wanted.role,
        "model_id": wanted.model_id,
        "provider": wanted.provider,
    }
    conditions = {name: value for name, value in given.items() if value is not None}
    return UsageDay.objects.filter(**conditions)


def budgets_with_spent(org_id: str) -> list[tuple[Budget, Standing]]:
    """The org's budgets, each with what is spent of it."""
    budgets = list(
        Budget.objects.filter(org_id=org_id)
        .select_related("org", "user", "plan")
        .order_by("period", "created_at", "pk")
    )
    return list(zip(budgets, standings(budgets, now()), strict=True))


def budget_standing(budget: Budget) -> Standing:
    return standings([budget], now())[0]


def calls_between(
    org_id: str, since: datetime | None, until: datetime | None
) -> QuerySet[ModelCall]:
    """Single calls, oldest first, for exports: iterate over them."""
    calls = ModelCall.objects.filter(org_id=org_id).select_related("user", "plan")
    if since is not None:
        calls = calls.filter(started_at__gte=since)
    if until is not None:
        calls = calls.filter(started_at__lt=until)
    return calls.order_by("started_at", "pk")


def _row(row: Mapping[str, Any], field: str, labels: Mapping[str, str]) -> UsageRow:
    value = row[field]
    key = value.isoformat() if isinstance(value, date) else str(value or "")
    sums: dict[str, Any] = {name: row[f"sum_{name}"] or 0 for name in DAY_SUMS}
    for name in ("cost", "cache_saving"):
        sums[name] = rounded(Decimal(sums[name]))
    return UsageRow(key=key, label=labels.get(key, key if not labels else GONE), **sums)


def _labels(by: Grouping, keys: Sequence[Any]) -> dict[str, str]:
    """The names of people and plans; those that are gone have none."""
    if by == "user":
        return dict(User.objects.filter(pk__in=keys).values_list("pk", "email")) or {"": ""}
    if by == "plan":
        return dict(Plan.objects.filter(pk__in=keys).values_list("pk", "name")) or {"": ""}
    return {}


def csv_cells(row: UsageRow) -> Iterator[object]:
    """A row for a table: amounts of money as plain decimals."""
    for value in row:
        yield f"{value:f}" if isinstance(value, Decimal) else value
