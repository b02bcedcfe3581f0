"""What the budgets that concern a call have spent: the days' sums, and what running calls hold."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from execution.models import CallResult, ModelCall, UsageDay
from models_config.logic.prices import rounded
from orgs.logic.budgets import Period, Standing, period_start
from orgs.models import Budget
from plandex_server.prepared import Prepared, Slots

NOTHING = Decimal(0)
_PERIODS = (Period.DAY, Period.MONTH, Period.TOTAL)
_Scope = tuple[str, str]
_ORG: _Scope = ("org", "")


def budgets_for(*, org_id: str, user_id: str, plan_id: str | None) -> QuerySet[Budget]:
    """The budgets of the org, the user and the plan, in the one order in which they are locked."""
    scope = Q(user=None, plan=None) | Q(user_id=user_id)
    if plan_id is not None:
        scope |= Q(plan_id=plan_id)
    return Budget.objects.filter(scope, org_id=org_id).order_by("pk")


def _whole(slots: Slots) -> QuerySet[Budget]:
    budgets = budgets_for(org_id=slots.org_id, user_id=slots.user_id, plan_id=slots.plan_id)
    return budgets.select_related("org", "user", "plan")


_BUDGETS = Prepared(_whole)
_LOCKED = Prepared(lambda slots: _whole(slots).select_for_update(of=("self",)))


def budgets_read(
    *, org_id: str, user_id: str, plan_id: str | None, locked: bool = False
) -> list[Budget]:
    """`budgets_for`; with `locked` they stay as they are until the transaction ends."""
    prepared = _LOCKED if locked else _BUDGETS
    return prepared.all(org_id=org_id, user_id=user_id, plan_id=plan_id)


def standings(budgets: Iterable[Budget], moment: datetime) -> list[Standing]:
    """A short query per period and kind of budget, however many budgets there are."""
    found = list(budgets)
    spent = _Spent(found, moment)
    return [
        Standing(
            budget_id=budget.id,
            whose=_whose(budget),
            period=Period(budget.period),
            soft_limit=budget.soft_limit,
            hard_limit=budget.hard_limit,
            spent=spent.of(budget),
            user_id=budget.user_id,
            plan_id=budget.plan_id,
        )
        for budget in found
    ]


class _Spent:
    """What each of an org's budgets has spent: its days' sums, and what running calls hold."""

    def __init__(self, budgets: Sequence[Budget], moment: datetime) -> None:
        self._budgets = [budget for budget in budgets if budget.period != Period.REQUEST]
        self._moment = moment
        self._sums = {period: self._of_period(period) for period in _PERIODS}
        self._running = self._reserved() if self._budgets else []

    def of(self, budget: Budget) -> Decimal:
        if budget.period == Period.REQUEST:
            return NOTHING
        spent = self._sums[Period(budget.period)].get(_scope(budget), NOTHING)
        held = (
            reserved
            for user_id, plan_id, reserved in self._running
            if budget.user_id in (None, user_id) and budget.plan_id in (None, plan_id)
        )
        return rounded(sum(held, spent))

    def _of_period(self, period: Period) -> dict[_Scope, Decimal]:
        budgets = [budget for budget in self._budgets if budget.period == period]
        if not budgets:
            return {}
        days = UsageDay.objects.filter(org_id=budgets[0].org_id)
        start = period_start(period, self._moment)
        if start is not None:
            days = days.filter(day__gte=start.date())
        sums: dict[_Scope, Decimal] = {}
        for field in ("user_id", "plan_id"):
            ids = [one for budget in budgets if (one := getattr(budget, field))]
            if ids:
                groups = days.filter(**{f"{field}__in": ids}).order_by().values_list(field)
                for one, spent in groups.annotate(sum=Sum("cost")):
                    sums[field, one] = spent
        if any(_scope(budget) == _ORG for budget in budgets):
            sums[_ORG] = days.aggregate(sum=Sum("cost"))["sum"] or NOTHING
        return sums

    def _reserved(self) -> list[tuple[str | None, str | None, Decimal]]:
        running = ModelCall.objects.filter(
            org_id=self._budgets[0].org_id, result=CallResult.RUNNING
        )
        return list(running.values_list("user_id", "plan_id", "reserved"))


def _scope(budget: Budget) -> _Scope:
    if budget.user_id:
        return ("user_id", budget.user_id)
    return ("plan_id", budget.plan_id) if budget.plan_id else _ORG


def _whose(budget: Budget) -> str:
    if budget.user_id:
        assert budget.user is not None, "the row names it"
        return budget.user.name
    if budget.plan_id:
        assert budget.plan is not None, "the row names it"
        return f"The plan {budget.plan.name}"
    return f"The org {budget.org.name}"
