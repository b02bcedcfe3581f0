"""What `plandex usage` asks for: a balance, what was spent, and the single transactions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from execution.models import CallResult, ModelCall, UsageDay
from execution.services.budget_sums import budgets_for, standings
from execution.usage import GONE
from orgs.authentication import Auth
from orgs.logic.budgets import Period, Standing, period_start
from orgs.logic.permissions import Permission
from plandex_server.db import now
from plans.models import Plan
from plans.selectors import plan_get

NOTHING = Decimal(0)
MAX_COUNTED = 10_000
"""Transactions beyond it are there, but not counted: counting a million takes as long as reading
them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller wants to see. `user_id` None: of everybody in the org."""

    org_id: str
    user_id: str | None
    plan_id: str | None = None
    session_id: str = ""
    since: datetime | None = None
    month: bool = False
    credits_only: bool = False


def wanted_by(
    auth: Auth,
    *,
    plan_id: str = "",
    session_id: str = "",
    since: datetime | None = None,
    month: bool = False,
    credits_only: bool = False,
) -> Wanted:
    """Everybody sees their own usage and all of their own plans'; who may, the whole org's."""
    plan = plan_get(auth=auth, plan_id=plan_id) if plan_id else None
    sees_all = auth.may(Permission.VIEW_ALL_USAGE) or (
        plan is not None and plan.owner_id == auth.user.id
    )
    return Wanted(
        org_id=auth.org.id,
        user_id=None if sees_all else auth.user.id,
        plan_id=plan.id if plan is not None else None,
        session_id=session_id,
        since=since,
        month=month,
        credits_only=credits_only,
    )


@dataclass(slots=True)
class Spend:
    """Dollars in all, and by what they were spent on."""

    total: Decimal = NOTHING
    cache_saving: Decimal = NOTHING
    by_plan: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    by_model: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    by_purpose: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


def month_start() -> datetime:
    start = period_start(Period.MONTH, now())
    assert start is not None, "a month begins"
    return start


def spend(wanted: Wanted) -> Spend:
    """In one query, over the days where days will do."""
    found = Spend()
    rows: QuerySet[ModelCall] | QuerySet[UsageDay]
    rows = _calls(wanted) if wanted.since or wanted.session_id else _days(wanted)
    groups = rows.values_list("plan_id", "model_name", "purpose").order_by()
    for plan_id, model, purpose, cost, saving in groups.annotate(
        dollars=Sum("cost"), saved=Sum("cache_saving")
    ):
        found.total += cost or NOTHING
        found.cache_saving += saving or NOTHING
        found.by_plan[plan_id or ""] += cost or NOTHING
        found.by_model[model] += cost or NOTHING
        found.by_purpose[purpose] += cost or NOTHING
    return found


def plan_names(plan_ids: Sequence[str]) -> dict[str, str]:
    """The names of plans, also of those that are gone."""
    known = dict(Plan.objects.filter(pk__in=plan_ids).values_list("pk", "name"))
    return {plan_id: known.get(plan_id, GONE) for plan_id in plan_ids}


def governing(auth: Auth) -> Standing | None:
    """The hard limit on the caller that is nearest; None when nothing limits them."""
    budgets = budgets_for(org_id=auth.org.id, user_id=auth.user.id, plan_id=None)
    limited = budgets.filter(hard_limit__isnull=False).exclude(period=Period.REQUEST)
    found = standings(limited.select_related("org", "user", "plan"), now())
    return min(found, key=lambda one: one.remaining or NOTHING, default=None)


def balance(auth: Auth) -> Decimal:
    """What the nearest hard limit leaves; 0 without one, since nothing is bought in advance."""
    found = governing(auth)
    return NOTHING if found is None or found.remaining is None else found.remaining


@dataclass(frozen=True, slots=True)
class Transactions:
    """A page of calls, newest first, with the balance after each."""

    calls: Sequence[ModelCall]
    balances: Mapping[str, Decimal]
    num_pages: int
    is_capped: bool


def transactions(auth: Auth, wanted: Wanted, *, size: int, page: int) -> Transactions:
    rows = _calls(wanted).exclude(input_tokens=0, output_tokens=0)
    if wanted.credits_only:
        rows = rows.none()  # nothing is bought here
    counted = rows[: MAX_COUNTED + 1].count()
    newest = rows.order_by("-started_at", "-pk").select_related("user", "plan")
    calls = list(newest[(page - 1) * size : page * size])
    return Transactions(
        calls=calls,
        balances=_balances(auth, calls),
        num_pages=-(-min(counted, MAX_COUNTED) // size),
        is_capped=counted > MAX_COUNTED,
    )


def _balances(auth: Auth, calls: Sequence[ModelCall]) -> dict[str, Decimal]:
    """What was left of the nearest limit after each call of its period: what is left now, and what
    was spent since."""
    limit = governing(auth)
    if limit is None or limit.remaining is None or not calls:
        return {}
    start = period_start(limit.period, now())
    scope = _ended(auth.org.id)
    if limit.user_id is not None:
        scope = scope.filter(user_id=limit.user_id)
    newest, oldest = calls[0], calls[-1]
    later = Q(started_at__gt=newest.started_at) | Q(started_at=newest.started_at, pk__gt=newest.pk)
    left = limit.remaining + (scope.filter(later).aggregate(sum=Sum("cost"))["sum"] or NOTHING)
    between = scope.filter(
        started_at__gte=oldest.started_at, started_at__lte=newest.started_at
    ).exclude(later)
    shown = {call.pk for call in calls}
    balances: dict[str, Decimal] = {}
    rows = between.order_by("-started_at", "-pk").values_list("pk", "cost", "started_at")
    for pk, cost, started_at in rows.iterator():
        if start is not None and started_at < start:
            break
        if pk in shown:
            balances[pk] = left
        left += cost or NOTHING
    return balances


def _calls(wanted: Wanted) -> QuerySet[ModelCall]:
    calls = _ended(wanted.org_id)
    if wanted.user_id is not None:
        calls = calls.filter(user_id=wanted.user_id)
    if wanted.plan_id is not None:
        calls = calls.filter(plan_id=wanted.plan_id)
    if wanted.session_id:
        calls = calls.filter(session_id=wanted.session_id)
    if wanted.since is not None:
        calls = calls.filter(started_at__gte=wanted.since.astimezone(UTC))
    if wanted.month:
        calls = calls.filter(started_at__gte=month_start())
    return calls


def _days(wanted: Wanted) -> QuerySet[UsageDay]:
    days = UsageDay.objects.filter(org_id=wanted.org_id)
    if wanted.user_id is not None:
        days = days.filter(user_id=wanted.user_id)
    if wanted.plan_id is not None:
        days = days.filter(plan_id=wanted.plan_id)
    if wanted.month:
        days = days.filter(day__gte=month_start().date())
    return days


def _ended(org_id: str) -> QuerySet[ModelCall]:
    return ModelCall.objects.filter(org_id=org_id).exclude(result=CallResult.RUNNING)
