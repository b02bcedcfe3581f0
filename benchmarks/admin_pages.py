"""How long the admin's pages take with 100,000 plans and 1,000,000 model calls, in how many
queries.

    DATABASE_URL=postgresql://… python -m benchmarks.admin_pages [--plans 100000] [--requests 30]

The database is filled once, if it holds fewer plans than asked for: use one of its own. Requests go
through the server's own chain of middleware, in this process, one after the other.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

import django
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

ORGS, PEOPLE, PROJECTS, CALLS, DAYS = 20, 1000, 200, 10, 90
ROOT, STAFF = "root@bench.example", "person1@bench.example"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=30)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plandex_server.settings.base")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    if connection.vendor != "postgresql":
        sys.exit("Set DATABASE_URL to a PostgreSQL database of its own.")
    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    fill(options.plans)
    print(f"{'page':44} {'queries':>7} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}")
    for name, email, url in pages():
        measure(name, email, url, options.requests)


def fill(plans: int) -> None:
    from accounts.models import User
    from execution.models import ModelCall, Run, UsageDay
    from orgs.models import AuditEvent, Membership, Org
    from plans.models import Branch, Plan
    from projects.models import Project

    if Plan.objects.count() >= plans:
        return
    started = time.monotonic()
    User.objects.create_superuser(email=ROOT, name="Root", password=None)
    people = [
        User(email=f"person{n}@bench.example", name=f"Person {n}", domain="bench.example")
        for n in range(PEOPLE)
    ]
    User.objects.bulk_create(people)
    User.objects.filter(email=STAFF).update(is_staff=True)
    orgs = [Org(name=f"Org {n}", owner=people[n]) for n in range(ORGS)]
    Org.objects.bulk_create(orgs)
    Membership.objects.bulk_create(
        Membership(org=orgs[n % ORGS], user=one, role="owner" if n < ORGS else "member")
        for n, one in enumerate(people)
    )
    Project.objects.bulk_create(
        Project(org=orgs[n % ORGS], name=f"project-{n}") for n in range(PROJECTS)
    )
    when = f"now() - random() * interval '{DAYS} days'"
    insert(
        Plan,
        {
            "org_id": "m.org_id",
            "owner_id": "m.user_id",
            "project_id": "(SELECT min(id) FROM projects_project q WHERE q.org_id = m.org_id)",
            "name": "'plan-' || n",
            "created_at": when,
            "updated_at": when,
        },
        f"generate_series(1, {plans}) n JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place "
        f"FROM orgs_membership) m ON m.place = n % {PEOPLE} + 1",
    )
    insert(Branch, {"plan_id": "p.id", "owner_id": "p.owner_id", "name": "'main'"}, "plans_plan p")
    insert(
        Run,
        {
            "plan_id": "b.plan_id",
            "branch_id": "b.id",
            "user_id": "b.owner_id",
            "kind": "'tell'",
            "request": "''::bytea",
            "created_at": when,
            "finished_at": "now()",
            '"end"': "CASE WHEN random() < 0.05 THEN 'error' ELSE 'finished' END",
        },
        "plans_branch b",
    )
    insert(
        ModelCall,
        {
            "org_id": "p.org_id",
            "user_id": "p.owner_id",
            "plan_id": "p.id",
            "role": "(ARRAY['planner','coder','builder'])[n % 3 + 1]",
            "purpose": "'reply'",
            "pack": "'daily-driver'",
            "model_id": "(ARRAY['openai/gpt-4.1','anthropic/claude-sonnet-4'])[n % 2 + 1]",
            "model_name": "'model'",
            "provider": "'openrouter'",
            "input_tokens": "(random() * 20000)::int",
            "output_tokens": "(random() * 2000)::int",
            "cost": "random() / 10",
            "result": "'ok'",
            "started_at": when,
        },
        f"plans_plan p CROSS JOIN generate_series(1, {CALLS}) n",
    )
    insert(
        UsageDay,
        {
            "org_id": "c.org_id",
            "day": "c.started_at::date",
            "user_id": "c.user_id",
            "plan_id": "c.plan_id",
            "role": "c.role",
            "purpose": "c.purpose",
            "model_id": "c.model_id",
            "model_name": "c.model_name",
            "provider": "c.provider",
            "calls": "count(*)",
            "input_tokens": "sum(c.input_tokens)",
            "output_tokens": "sum(c.output_tokens)",
            "cost": "sum(c.cost)",
        },
        "execution_modelcall c GROUP BY 1, c.org_id, c.started_at::date, c.user_id, c.plan_id, "
        "c.role, c.purpose, c.model_id, c.model_name, c.provider",
    )
    insert(
        AuditEvent,
        {
            "at": when,
            "org_id": "p.org_id",
            "actor_id": "p.owner_id",
            "actor": "u.email",
            "action": "'plan.archived'",
            "target_kind": "'plan'",
            "target_id": "p.id",
            "target": "p.name",
        },
        "plans_plan p JOIN accounts_user u ON u.id = p.owner_id",
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"filled in {time.monotonic() - started:.0f} s")


def insert(model: type[models.Model], values: Mapping[str, str], source: str) -> None:
    """Rows made by the database; columns that are not given get the model's default."""
    columns, expressions, parameters = [], [], []
    for field in model._meta.concrete_fields:
        column = f'"{field.column}"'
        given = values.get(str(field.column)) or values.get(column)
        if field.primary_key:
            if isinstance(field, models.AutoField):
                continue
            given = "gen_random_uuid()::text"
        columns.append(column)
        if given is None:
            default = field.get_default()
            expressions.append("%s")
            parameters.append(field.get_db_prep_save(default, connection))
        else:
            expressions.append(given.replace("%", "%%"))
    sql = (
        f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) '
        f"SELECT {', '.join(expressions)} FROM {source.replace('%', '%%')}"
    )
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(sql, parameters)


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
        ("users", "/admin/accounts/user/?q=person7"),
        ("members", "/admin/orgs/membership/"),
        ("orgs", "/admin/orgs/org/"),
        ("audit log", "/admin/orgs/auditevent/"),
        ("audit log of a person", f"/admin/orgs/auditevent/?q={user.email}"),
    ]
    staff = [page for page in found if page[0] in _FOR_STAFF]
    return [
        *((name, ROOT, url) for name, url in found),
        *((f"{name} (staff of one org)", STAFF, url) for name, url in staff),
    ]


_FOR_STAFF = ("dashboard", "plans", "runs", "model calls", "usage, 30 days", "audit log")


def measure(name: str, email: str, url: str, requests: int) -> None:
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
    print(f"{name:44} {count:7} {shown}")


if __name__ == "__main__":
    main()
