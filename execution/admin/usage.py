"""Usage and costs of an org, or of the whole server, added up and drawn.

What is quickly added up stands in the page at once. Of more rows the page comes first, and its
parts ask for themselves, one after another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from execution.admin.usage_sums import are_few, sums_kept
from execution.usage import (
    GROUPINGS,
    Grouping,
    UsageFilter,
    UsageRow,
    csv_cells,
    rows_sum,
    usage_totals,
)
from orgs.logic.budgets import dollars as money
from orgs.models import Org
from plandex_server.admin.charts import Bar, bar_chart
from plandex_server.admin.scoping import is_manager, is_superuser, scoped
from plandex_server.api.csv_files import csv_answer
from plandex_server.db import now

SPANS = (7, 30, 90, 365)
_DEFAULT_SPAN = 30
_SHOWN = 10
_ORGS_OFFERED = 500
_TABLES: Mapping[Grouping, str] = {
    "user": "People",
    "plan": "Plans",
    "model": "Models",
    "role": "Roles",
    "provider": "Providers",
}
_DAYS: Grouping = "day"


@dataclass(frozen=True, slots=True)
class UsageChoice:
    """What the page was asked for."""

    org: Org | None
    days: int

    @property
    def filter(self) -> UsageFilter:
        today = now().date()
        since = today - timedelta(days=self.days - 1)
        return UsageFilter(org_id=self.org.pk if self.org else None, since=since, until=today)

    @property
    def query(self) -> str:
        """The page's own address says it so."""
        return urlencode({"org": self.org.pk if self.org else "", "days": self.days})


def usage_view(request: HttpRequest, site: AdminSite) -> HttpResponse:
    if not is_manager(request):
        return HttpResponse(status=403)
    orgs = list(scoped(request, Org.objects.order_by("name"), "pk")[:_ORGS_OFFERED])
    choice = _choice(request, orgs)
    if "export" in request.GET:
        return _csv(choice, _grouping(request.GET["export"], GROUPINGS))
    if "part" in request.GET:
        by = _grouping(request.GET["part"], [_DAYS, *_TABLES])
        context = {"choice": choice, "part": _part(choice, by), "then": _after(by)}
        return render(request, "admin/usage_part.html", context)
    context = {
        **site.each_context(request),
        "title": "Usage",
        "orgs": orgs,
        "may_see_all": is_superuser(request),
        "choice": choice,
        "spans": SPANS,
    }
    if are_few(choice.filter):
        context["parts"] = [_part(choice, by) for by in (_DAYS, *_TABLES)]
    return render(request, "admin/usage.html", context)


def _part(choice: UsageChoice, by: Grouping) -> dict[str, Any]:
    """One section of the page: what all days cost, or who or what cost most."""
    limit = None if by == _DAYS else _SHOWN
    kept = sums_kept(choice.filter, by, limit=limit)
    part: dict[str, Any] = {"by": by, "title": _TABLES.get(by, ""), "at": kept.at}
    if by == _DAYS:
        chart = cost_chart(choice.filter.since, kept.rows)
        return {**part, "sum": rows_sum(kept.rows), "chart": chart}
    return {**part, "rows": kept.rows}


def _after(by: Grouping) -> Grouping | None:
    """The table that asks for itself when this one is there."""
    tables = list(_TABLES)
    if by not in tables or by == tables[-1]:
        return None
    return tables[tables.index(by) + 1]


def cost_chart(since: date | None, days: Sequence[UsageRow]) -> Any:
    """What each day cost, the days without any too."""
    today = now().date()
    cost = {row.key: float(row.cost) for row in days}
    first = since or today
    span = [first + timedelta(days=step) for step in range((today - first).days + 1)]
    bars = [Bar(day.strftime("%m-%d"), cost.get(day.isoformat(), 0)) for day in span]
    return bar_chart(bars, title="Cost per day in dollars", shown=dollars)


def dollars(value: float) -> str:
    return money(Decimal(value))


def _choice(request: HttpRequest, orgs: Sequence[Org]) -> UsageChoice:
    wanted = request.GET.get("org", "")
    org = next((one for one in orgs if one.pk == wanted), None)
    if wanted and org is None:
        raise Http404
    if org is None and orgs and ("org" not in request.GET or not is_superuser(request)):
        org = orgs[0]  # all of them at once are for who asks for it: they take longer
    text = request.GET.get("days", "")
    days = int(text) if text.isdigit() and int(text) in SPANS else _DEFAULT_SPAN
    return UsageChoice(org=org, days=days)


def _grouping(text: str, offered: Mapping[Grouping, str] | Sequence[Grouping]) -> Grouping:
    by = next((one for one in offered if one == text), None)
    if by is None:
        raise Http404
    return by


def _csv(choice: UsageChoice, by: Grouping) -> HttpResponse:
    rows = map(csv_cells, usage_totals(choice.filter, by))
    return csv_answer(f"usage-by-{by}.csv", UsageRow._fields, rows)
