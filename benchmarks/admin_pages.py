"""How long the admin's pages take with 100,000 plans and 1,000,000 model calls, in how many
queries.

    DATABASE_URL=postgresql://… python -m benchmarks.admin_pages [--plans 100000] [--requests 30]
    PLANDEX_DATA_DIR=/tmp/bench python -m benchmarks.admin_pages        the same on SQLite

The database is filled once, if it holds fewer plans than asked for: use one of its own. Requests
go through the server's own chain of middleware, in this process, one after the other. Every list,
every form and every page of a row is asked for; lists also as they are searched and filtered.

Beside the times on the clock stands the processor time (p95) of the requests in this process,
and what the database's process used per request (PostgreSQL on this machine; SQLite is within this
process): on a busy machine the clock tells more of the others than of the page.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import django
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.admin_rows import ROOT, STAFF, fill
from benchmarks.admin_small_rows import fill_small

MOST_MS = 500.0
_HEAD = ("queries", "p50 ms", "p95 ms", "max ms", "CPU p95", "DB CPU")


class Measured(NamedTuple):
    """Milliseconds of each request on the clock and in this process, and the database's for all."""

    wall: list[float]
    cpu: list[float]
    database: float

    def row(self) -> list[float]:
        each = self.database / len(self.wall)
        return [statistics.median(self.wall), p95(self.wall), max(self.wall), p95(self.cpu), each]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=30)
    parser.add_argument("--only", default="", help="pages whose name holds this")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plandex_server.settings.base")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS = ["*"]
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    fill(options.plans)
    fill_small()
    print(f"{'page':44}" + "".join(f" {word:>7}" for word in _HEAD))
    chosen = [page for page in pages() if options.only in page[0]]
    found = {name: measure(name, email, url, options.requests) for name, email, url in chosen}
    slow = [name for name, one in found.items() if p95(one.wall) >= MOST_MS]
    costly = [name for name, one in found.items() if sum(one.row()[3:]) >= MOST_MS]
    print(f"of the processors more than {MOST_MS:.0f} ms: {', '.join(costly) or 'none'}")
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


def measure(name: str, email: str, url: str, requests: int) -> Measured:
    from accounts.models import User

    client = Client()
    client.force_login(User.objects.get(email=email))
    with CaptureQueriesContext(connection) as queries:
        response: Any = client.get(url)
        count = len(queries)
    assert response.status_code == 200, (url, response.status_code)
    found = Measured([], [], database_ms())
    for _ in range(requests):
        started, used = time.perf_counter(), time.process_time()
        client.get(url)
        found.wall.append((time.perf_counter() - started) * 1000)
        found.cpu.append((time.process_time() - used) * 1000)
    found = found._replace(database=database_ms() - found.database)
    shown = "".join(f" {value:7.0f}" for value in found.row())
    print(f"{name:44} {count:7}{shown}", flush=True)
    return found


def p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def database_ms() -> float:
    """What the process behind this connection has used so far; 0 where it can't be looked at."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) * 1000 / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
