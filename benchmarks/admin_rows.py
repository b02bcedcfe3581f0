"""A large installation in SQL, for measuring pages: made by the database itself, on either kind."""

import random
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, models

ORGS, PEOPLE, PROJECTS, CALLS, DAYS = 20, 1000, 200, 10, 90
ROOT, STAFF = "root@bench.example", "person1@bench.example"


@dataclass(frozen=True, slots=True)
class Words:
    """How a kind of database says what the rows are made of."""

    id: str
    chance: str
    ago: str
    now: str
    nothing: str
    day: str
    series: str


POSTGRESQL = Words(
    id="gen_random_uuid()::text",
    chance="random()",
    ago=f"now() - random() * interval '{DAYS} days'",
    now="now()",
    nothing="''::bytea",
    day="CAST(c.started_at AS date)",
    series="generate_series(1, {count}) n",
)
SQLITE = Words(
    id="bench_id()",
    chance="bench_chance()",
    ago=f"strftime('%Y-%m-%d %H:%M:%f000', 'now', -(bench_chance() * {DAYS}) || ' days')",
    now="strftime('%Y-%m-%d %H:%M:%f000', 'now')",
    nothing="x''",
    day="substr(c.started_at, 1, 10)",
    series="(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}) "
    "SELECT n FROM s) n",
)


def words() -> Words:
    if connection.vendor == "postgresql":
        return POSTGRESQL
    connection.ensure_connection()
    made = connection.connection
    made.create_function("bench_id", 0, lambda: str(uuid.uuid4()))
    made.create_function("bench_chance", 0, random.random)
    return SQLITE


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
    say = words()
    when = say.ago
    insert(
        Plan,
        {
            "org_id": "m.org_id",
            "owner_id": "m.user_id",
            "project_id": "(SELECT min(id) FROM projects_project q WHERE q.org_id = m.org_id)",
            "name": "'plan-' || n.n",
            "created_at": when,
            "updated_at": when,
        },
        f"{say.series.format(count=plans)} JOIN (SELECT *, row_number() OVER (ORDER BY id) "
        f"AS place FROM orgs_membership) m ON m.place = n.n % {PEOPLE} + 1",
    )
    insert(Branch, {"plan_id": "p.id", "owner_id": "p.owner_id", "name": "'main'"}, "plans_plan p")
    insert(
        Run,
        {
            "plan_id": "b.plan_id",
            "branch_id": "b.id",
            "user_id": "b.owner_id",
            "kind": "'tell'",
            "request": say.nothing,
            "created_at": when,
            "finished_at": say.now,
            '"end"': f"CASE WHEN {say.chance} < 0.05 THEN 'error' ELSE 'finished' END",
        },
        "plans_branch b",
    )
    insert(
        ModelCall,
        {
            "org_id": "p.org_id",
            "user_id": "p.owner_id",
            "plan_id": "p.id",
            "run_id": "(SELECT min(r.id) FROM execution_run r WHERE r.plan_id = p.id)",
            "role": one_of(["planner", "coder", "builder"]),
            "purpose": "'reply'",
            "pack": "'daily-driver'",
            "model_id": one_of(["openai/gpt-4.1", "anthropic/claude-sonnet-4"]),
            "model_name": "'model'",
            "provider": "'openrouter'",
            "input_tokens": f"CAST({say.chance} * 20000 AS int)",
            "output_tokens": f"CAST({say.chance} * 2000 AS int)",
            "cost": f"{say.chance} / 10",
            "result": "'ok'",
            "started_at": when,
        },
        f"plans_plan p CROSS JOIN {say.series.format(count=CALLS)}",
    )
    insert(
        UsageDay,
        {
            "org_id": "c.org_id",
            "day": say.day,
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
        f"execution_modelcall c GROUP BY c.org_id, {say.day}, c.user_id, c.plan_id, "
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


def one_of(texts: Sequence[str]) -> str:
    cases = " ".join(f"WHEN {place} THEN '{text}'" for place, text in enumerate(texts))
    return f"CASE n.n % {len(texts)} {cases} END"


def insert(model: type[models.Model], values: Mapping[str, str], source: str) -> None:
    """Rows made by the database; columns that are not given get the model's default."""
    columns, expressions, parameters = [], [], []
    for field in model._meta.concrete_fields:
        column = f'"{field.column}"'
        given = values.get(str(field.column)) or values.get(column)
        if field.primary_key:
            if isinstance(field, models.AutoField):
                continue
            given = words().id
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
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 0")
        cursor.execute(sql, parameters)
        # The next table is made from this one: without its figures a million rows took an hour.
        cursor.execute(f'ANALYZE "{model._meta.db_table}"')
