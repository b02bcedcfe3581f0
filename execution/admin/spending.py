"""What many budgets have spent, in a number of queries that does not grow with them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum

from execution.models import CallResult, ModelCall, UsageDay
from orgs.logic.budgets import Period, period_start
from orgs.models import Budget

Key = tuple[str, str | None, str | None]
"""Org, user, plan: one of the last two at most."""

_SCOPES = {"org": ("org_id",), "user": ("org_id", "user_id"), "plan": ("org_id", "plan_id")}


def spent_of(budgets: Sequence[Budget], moment: datetime) -> dict[str, Decimal]:
    """By budget id; those of single requests spend nothing that lasts."""
    spent: dict[str, Decimal] = {}
    for period in (Period.DAY, Period.MONTH, Period.TOTAL):
        for scope in _SCOPES:
            group = [one for one in budgets if one.period == period and _scope(one) == scope]
            if group:
                spent |= _group_spent(group, scope, period_start(period, moment))
    return spent


def _group_spent(
    budgets: Sequence[Budget], scope: str, start: datetime | None
) -> dict[str, Decimal]:
    days = UsageDay.objects.filter(**_limits(budgets, scope))
    if start is not None:
        days = days.filter(day__gte=_day(start))
    running = ModelCall.objects.filter(result=CallResult.RUNNING, **_limits(budgets, scope))
    sums = _sums(days, scope, "cost")
    held = _sums(running, scope, "reserved")
    keys = {one.pk: _key(one) for one in budgets}
    zero = Decimal(0)
    return {pk: sums.get(key, zero) + held.get(key, zero) for pk, key in keys.items()}


def _limits(budgets: Sequence[Budget], scope: str) -> dict[str, set[str | None]]:
    return {f"{field}__in": {getattr(one, field) for one in budgets} for field in _SCOPES[scope]}


def _sums(
    rows: "QuerySet[UsageDay] | QuerySet[ModelCall]", scope: str, amount: str
) -> Mapping[Key, Decimal]:
    found = rows.order_by().values(*_SCOPES[scope]).annotate(sum=Sum(amount))
    return {
        (row["org_id"], row.get("user_id"), row.get("plan_id")): row["sum"] or Decimal(0)
        for row in found
    }


def _scope(budget: Budget) -> str:
    return "user" if budget.user_id else "plan" if budget.plan_id else "org"


def _key(budget: Budget) -> Key:
    return (budget.org_id, budget.user_id or None, budget.plan_id or None)


def _day(moment: datetime) -> date:
    return moment.date()
