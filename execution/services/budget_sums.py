"""What the budgets that concern a call have spent: the days' sums, and what running calls hold."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from execution.models import CallResult, ModelCall, UsageDay
from models_config.logic.prices import rounded
from orgs.logic.budgets import Period, Standing, period_start
from orgs.models import Budget

NOTHING = Decimal(0)


def budgets_for(*, org_id: str, user_id: str, plan_id: str | None) -> QuerySet[Budget]:
    """The budgets of the org, the user and the plan, in the one order in which they are locked."""
    scope = Q(user=None, plan=None) | Q(user_id=user_id)
    if plan_id is not None:
        scope |= Q(plan_id=plan_id)
    return Budget.objects.filter(scope, org_id=org_id).order_by("pk")


def standings(budgets: Iterable[Budget], moment: datetime) -> list[Standing]:
    """Two short queries per budget: the sums are kept by day."""
    return [standing(budget, moment) for budget in budgets]


def standing(budget: Budget, moment: datetime) -> Standing:
    period = Period(budget.period)
    return Standing(
        budget_id=budget.id,
        whose=_whose(budget),
        period=period,
        soft_limit=budget.soft_limit,
        hard_limit=budget.hard_limit,
        spent=NOTHING if period is Period.REQUEST else _spent(budget, period, moment),
        user_id=budget.user_id,
        plan_id=budget.plan_id,
    )


def _spent(budget: Budget, period: Period, moment: datetime) -> Decimal:
    days, running = UsageDay.objects.filter(org_id=budget.org_id), _running(budget.org_id)
    start = period_start(period, moment)
    if start is not None:
        days = days.filter(day__gte=start.date())
    if budget.user_id:
        days, running = days.filter(user_id=budget.user_id), running.filter(user_id=budget.user_id)
    if budget.plan_id:
        days, running = days.filter(plan_id=budget.plan_id), running.filter(plan_id=budget.plan_id)
    spent = days.aggregate(sum=Sum("cost"))["sum"] or NOTHING
    held = running.aggregate(sum=Sum("reserved"))["sum"] or NOTHING
    return rounded(spent + held)


def _running(org_id: str) -> QuerySet[ModelCall]:
    return ModelCall.objects.filter(org_id=org_id, result=CallResult.RUNNING)


def _whose(budget: Budget) -> str:
    if budget.user_id:
        assert budget.user is not None, "the row names it"
        return budget.user.name
    if budget.plan_id:
        assert budget.plan is not None, "the row names it"
        return f"The plan {budget.plan.name}"
    return f"The org {budget.org.name}"
