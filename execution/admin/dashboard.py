"""The start page: what goes on, what went wrong, what it costs."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpRequest

from execution.admin.spending import spent_of
from execution.admin.usage import dollars
from execution.models import Run, RunEnd, UsageDay
from orgs.models import Budget, Invite, Membership
from plandex_server.admin.charts import Bar, bar_chart
from plandex_server.admin.scoping import is_manager, scoped
from plandex_server.db import now

_DAYS = 30
_BUDGETS = 50
_ROWS = 8


def dashboard_context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Called by the theme for the page. Its numbers are those of the rows that the person sees."""
    if not is_manager(request):
        return context
    moment = now()
    today = moment.date()
    runs = scoped(request, Run.objects.all(), "plan__org")
    usage = scoped(request, UsageDay.objects.all(), "org")
    since = today - timedelta(days=_DAYS - 1)
    costs = dict(
        usage.filter(day__gte=min(since, today.replace(day=1)))
        .values_list("day")
        .annotate(sum=Sum("cost"))
        .order_by("day")
    )
    span = [since + timedelta(days=step) for step in range(_DAYS)]
    bars = [Bar(day.strftime("%m-%d"), float(costs.get(day, 0))) for day in span]
    lately = runs.filter(created_at__gte=moment - timedelta(days=1)).aggregate(
        all=Count("pk"), failed=Count("pk", filter=Q(end=RunEnd.ERROR))
    )
    runs = runs.defer("request", "sealed_credentials").order_by("-created_at")
    active = runs.filter(finished_at__isnull=True).select_related("plan", "user", "branch")
    failed = runs.filter(end=RunEnd.ERROR, created_at__gte=moment - timedelta(days=7))
    return {
        **context,
        "title": "Dashboard",
        "facts": [
            ("Active runs", active.count()),
            ("Runs in 24 hours", lately["all"]),
            ("Failed in 24 hours", lately["failed"]),
            ("Cost today", dollars(float(costs.get(today, 0)))),
            (
                "Cost this month",
                dollars(float(sum(c for day, c in costs.items() if day >= today.replace(day=1)))),
            ),
            ("Members", scoped(request, Membership.objects.all(), "org").count()),
            ("Open invites", _open_invites(request)),
        ],
        "cost_chart": bar_chart(bars, title="Cost per day in dollars", shown=dollars),
        "active_runs": active[:_ROWS],
        "failed_runs": failed.select_related("plan", "user")[:_ROWS],
        "tight_budgets": _tight_budgets(request),
    }


def _open_invites(request: HttpRequest) -> int:
    return scoped(request, Invite.objects.filter(accepted_at=None), "org").count()


def _tight_budgets(request: HttpRequest) -> list[dict[str, Any]]:
    """Budgets that are over a limit, or will be soon."""
    rows = scoped(request, Budget.objects.select_related("org", "user", "plan"), "org")
    budgets = list(rows.order_by("-updated_at")[:_BUDGETS])
    spent = spent_of(budgets, now())
    tight = []
    for budget in budgets:
        limit = budget.hard_limit if budget.hard_limit is not None else budget.soft_limit
        used = spent.get(budget.pk)
        if limit and used is not None and used >= limit * 4 / 5:
            tight.append(
                {"budget": budget, "spent": dollars(float(used)), "limit": dollars(float(limit))}
            )
    return tight[:_ROWS]
