"""How long the admin's pages take with 100,000 plans and 1,000,000 model calls, in how many
queries.

    DATABASE_URL=postgresql://… python -m benchmarks.admin_pages [--plans 100000] [--requests 30]
    PLANDEX_DATA_DIR=/tmp/bench python -m benchmarks.admin_pages        the same on SQLite

The database is filled once, if it holds fewer plans than asked for: use one of its own. Requests
go through the server's own chain of middleware, in this process, one after the other. Every list,
every form and every page of a row is asked for; lists also as they are searched and filtered.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import django
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.admin_rows import ROOT, STAFF, fill

MOST_MS = 500.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=30)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plandex_server.settings.base")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS = ["*"]
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    fill(options.plans)
    print(f"{'page':44} {'queries':>7} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}")
    times = {name: measure(name, email, url, options.requests) for name, email, url in pages()}
    slow = [name for name, p95 in times.items() if p95 >= MOST_MS]
    sys.exit(f"slower than {MOST_MS:.0f} ms: {', '.join(slow)}" if slow else 0)


def pages() -> Sequence[tuple[str, str, str]]:
    from accounts.models import User
    from execution.models import Run
    from orgs.models import Org
    from plans.models import Plan

    plan, run, org = Plan.objects.first(), Run.objects.first(), Org.objects.first()
    user = User.objects.get(email="person5@bench.example")
    assert plan is not None and run is not None and org is not None
    plans, runs = "/admin/plans/plan/", "/admin/execution/run/"
    calls = "/admin/execution/modelcall/"
    found = [
        ("dashboard", "/admin/"),
        ("plans", plans),
        ("plans, last page", f"{plans}?p=200"),
        ("plans, search by name", f"{plans}?q=plan-4711"),
        ("plans of a person", f"{plans}?owner__id__exact={user.pk}"),
        ("plans of an org", f"{plans}?org__id__exact={org.pk}"),
        ("plan", f"{plans}{plan.pk}/change/"),
        ("runs", runs),
        ("runs, failed ones", f"{runs}?end__exact=error"),
        ("run", f"{runs}{run.pk}/change/"),
        ("model calls", calls),
        ("model calls of a person", f"{calls}?q={user.email}"),
        ("model calls of an org", f"{calls}?org__id__exact={org.pk}"),
        ("usage, 30 days", f"{calls}usage/"),
        ("usage, 90 days", f"{calls}usage/?days=90"),
        ("usage of an org", f"{calls}usage/?org={org.pk}"),
        ("usage of all orgs, 365 days", f"{calls}usage/?org=&days=365"),
        ("users", "/admin/accounts/user/?q=person7"),
        ("members", "/admin/orgs/membership/"),
        ("orgs", "/admin/orgs/org/"),
        ("audit log", "/admin/orgs/auditevent/"),
        ("audit log of a person", f"/admin/orgs/auditevent/?q={user.email}"),
    ]
    known = {url for _, url in found}
    found += [page for page in every_page() if page[1] not in known]
    staff = [page for page in found if page[0] in _FOR_STAFF]
    return [
        *((name, ROOT, url) for name, url in found),
        *((f"{name} (staff of one org)", STAFF, url) for name, url in staff),
    ]


def every_page() -> Iterator[tuple[str, str]]:
    """Of each table its list, the form for a new row, and the page of one."""
    from django.contrib import admin
    from django.urls import reverse

    for model, its_pages in admin.site._registry.items():
        options = model._meta
        name, at = str(options.verbose_name), f"admin:{options.app_label}_{options.model_name}"
        yield f"list: {options.verbose_name_plural}", reverse(f"{at}_changelist")
        row = model._default_manager.order_by("pk").first()
        if row is not None:
            yield f"page: {name}", reverse(f"{at}_change", args=[row.pk])
        if its_pages.has_add_permission(_request()):
            yield f"form: {name}", reverse(f"{at}_add")


def _request() -> HttpRequest:
    from accounts.models import User

    request = HttpRequest()
    request.user = User.objects.get(email=ROOT)
    return request


_FOR_STAFF = ("dashboard", "plans", "runs", "model calls", "usage, 30 days", "audit log")


def measure(name: str, email: str, url: str, requests: int) -> float:
    """The p95 in milliseconds."""
    from accounts.models import User

    client = Client()
    client.force_login(User.objects.get(email=email))
    with CaptureQueriesContext(connection) as queries:
        response: Any = client.get(url)
        count = len(queries)
    assert response.status_code == 200, (url, response.status_code)
    times = []
    for _ in range(requests):
        started = time.perf_counter()
        client.get(url)
        times.append((time.perf_counter() - started) * 1000)
    p95 = statistics.quantiles(times, n=20)[-1]
    shown = f"{statistics.median(times):8.0f} {p95:8.0f} {max(times):8.0f}"
    print(f"{name:44} {count:7} {shown}", flush=True)
    return p95


if __name__ == "__main__":
    main()
