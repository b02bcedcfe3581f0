"""Commands that care for an installation: checks, doctor, prune, forget_user."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from accounts.models import AuthToken, User
from execution.models import ModelCall, Run, RunEvents, RunKind, UsageDay
from orgs.logic.audit import Action
from orgs.models import AuditEvent, Org, ProviderKey
from orgs.services.audit import audit_record
from plandex_server.db import now
from plandex_server.operations import checks
from plandex_server.operations.services.retention import Ages, prune
from plandex_server.seal import seal
from plans.models import Plan
from tests.factories import World, member_make
from tests.plans.factories import main_of, plan_make, user_of

NEVER = Ages(events=0, archived_plans=0, calls=0, audit=0)
Says = Callable[..., str]


@pytest.fixture
def says() -> Says:
    def run(*command: str) -> str:
        out = StringIO()
        call_command(*command, stdout=out)
        return out.getvalue()

    return run


# -- checks -----------------------------------------------------------------------------------

WRONG: list[tuple[dict[str, object], str]] = [
    ({"REDIS_URL": "redis://x", "DATABASE_URL": ""}, "plandex.E001"),
    ({"DATABASE_URL": "mysql://x/y"}, "plandex.E002"),
    ({"CLUSTER": True, "SECRET_KEY_IS_KEPT": True}, "plandex.E003"),
    ({"PUBLIC_URL": "https://plandex.example.com", "PROXY_COUNT": 0}, "plandex.E004"),
    ({"LOCAL_MODE": True, "HOST": "0.0.0.0"}, "plandex.E005"),
    ({"PUBLIC_URL": "http://a.example", "ALLOWED_HOSTS": ["b.example"]}, "plandex.E006"),
    ({"METRICS_NETWORKS": ["10.0.0.0/8", "everyone"]}, "plandex.E007"),
    ({"METRICS_PORT": 8099, "PORT": 8099}, "plandex.E008"),
    ({"ADMIN_EMAIL": "a@example.com", "ADMIN_PASSWORD": ""}, "plandex.E010"),
    ({"REDIS_URL": "http://redis:6379"}, "plandex.E011"),
    ({"LOCAL_MODE": False, "SECRET_KEY": "short"}, "plandex.E012"),
    ({"ALLOWED_HOSTS": ["https://a.example"]}, "plandex.E013"),
    ({"OLLAMA_BASE_URL": "gpu-box:11434"}, "plandex.E014"),
    ({"REDIS_URL": "redis://redis:sixthousand/0"}, "plandex.E011"),
    ({"TRACING": True, "TRACING_ADDRESS": "collector:4317"}, "plandex.E015"),
]


@pytest.mark.parametrize(("values", "id"), WRONG)
def test_a_wrong_combination_is_refused(
    settings: Settings, values: dict[str, object], id: str
) -> None:
    for name, value in values.items():
        setattr(settings, name, value)
    (found,) = [each for each in checks.combinations() if each.id == id]
    assert found.hint and found.level >= 40


def test_tracing_without_its_extra(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRACING, settings.TRACING_ADDRESS = True, "http://collector:4318"
    assert checks.combinations() == []
    monkeypatch.setattr(checks, "is_installed", lambda: False)
    assert [each.id for each in checks.combinations()] == ["plandex.E009"]


def test_every_id_is_tested_and_used_once() -> None:
    source = Path(checks.__file__).read_text()
    ids = {each for _, each in WRONG} | {"plandex.E009"}
    assert ids == {f"plandex.E{number:03}" for number in range(1, 16)}
    assert all(source.count(each) == 1 for each in ids)


def manage(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command as an operator runs it, with these variables and no others."""
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=django_settings.BASE_DIR,
        env=plain | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_production_variables_pass_the_deploy_check(tmp_path: Path) -> None:
    done = manage(
        "check",
        "--deploy",
        "--fail-level=WARNING",
        PLANDEX_DATA_DIR=str(tmp_path),
        DATABASE_URL="postgresql://plandex:pw@db/plandex",
        REDIS_URL="redis://redis:6379/0",
        SECRET_KEY="a-key-of-production-0123456789-abcdefghijklmnopqrstuvwxyz",
        PUBLIC_URL="https://plandex.example.com",
        PROXY_COUNT="1",
        EMAIL_URL="smtp://user:password@mail.example.com:587",
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


# -- doctor -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_doctor_finds_nothing_wrong(says: Says, local_mode: None) -> None:
    said = says("doctor")
    assert "All that was looked at works." in said
    assert "WRONG" not in said


@pytest.mark.django_db
def test_doctor_explains_keys_that_it_cannot_open(
    says: Says, local_mode: None, world: World, settings: Settings
) -> None:
    settings.SEAL_KEYS = ["another key altogether"]
    sealed = seal(b"{}")
    settings.SEAL_KEYS = [settings.SECRET_KEY]
    ProviderKey.objects.create(org=world.org, provider="openrouter", sealed=sealed)
    out = StringIO()
    with pytest.raises(CommandError, match="One thing is wrong"):
        call_command("doctor", stdout=out)
    assert "1 provider keys of orgs are sealed with a key that this server lacks" in out.getvalue()
    assert "SEAL_KEYS" in out.getvalue()


@pytest.mark.django_db
def test_doctor_names_every_wrong_thing(
    local_mode: None, settings: Settings, tmp_path: Path
) -> None:
    settings.HOST = "0.0.0.0"
    settings.EMAIL_URL = settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    settings.DATA_DIR = tmp_path
    settings.MIN_FREE_DISK_MB = 10**12
    (tmp_path / "secret_key").write_text("x")
    (tmp_path / "secret_key").chmod(0o644)
    out = StringIO()
    with pytest.raises(CommandError, match="4 things are wrong"):
        call_command("doctor", stdout=out)
    for words in ("plandex.E005", "mail server", "MB free", "may be read by others", "chmod 600"):
        assert words in out.getvalue()


def test_doctor_without_a_database_says_so(tmp_path: Path) -> None:
    done = manage(
        "doctor",
        PLANDEX_DATA_DIR=str(tmp_path),
        DATABASE_URL="postgresql://plandex:secret-word@127.0.0.1:1/none",
        SECRET_KEY="x" * 60,
    )
    assert done.returncode == 1
    assert "PostgreSQL can't be reached" in done.stdout
    assert "secret-word" not in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


# -- prune ------------------------------------------------------------------------------------


def run_make(plan: Plan, *, days: int, user: User | None = None) -> Run:
    """A run that ended so many days ago, with its log and one call of a model."""
    then = now() - timedelta(days=days)
    run = Run.objects.create(
        plan=plan,
        branch=main_of(plan),
        user=user or plan.owner,
        kind=RunKind.TELL,
        request=b"",
        created_at=then,
        finished_at=then,
    )
    RunEvents.objects.create(run=run, first=1, last=2, payload=b"[]")
    ModelCall.objects.create(
        org_id=plan.org_id,
        user=run.user,
        plan=plan,
        run=run,
        role="planner",
        purpose="Reply",
        pack="daily",
        model_id="m",
        model_name="m",
        provider="p",
        result="finished",
        started_at=then,
    )
    return run


def pruned(ages: Ages, *, dry_run: bool = False) -> dict[str, int]:
    return {what: count for what, count in prune(ages, dry_run=dry_run) if count}


def test_what_is_old_goes(plan: Plan) -> None:
    old, young = run_make(plan, days=40), run_make(plan, days=5)
    audit_record(Action.ERASED)
    ages = Ages(events=30, archived_plans=30, calls=30, audit=0)
    found = {"stretches of event logs": 1, "model calls": 1}
    assert pruned(ages, dry_run=True) == found
    assert RunEvents.objects.count() == 2, "nothing goes in a dry run"
    assert pruned(ages) == found
    assert [each.run_id for each in RunEvents.objects.all()] == [young.pk]
    assert [each.run_id for each in ModelCall.objects.all()] == [young.pk]
    assert Run.objects.filter(pk=old.pk).exists()
    assert pruned(ages) == {}


def test_archived_plans_and_audit_events_go(plan: Plan, world: World) -> None:
    other = plan_make(project=world.project, owner=plan.owner, name="kept")
    Plan.objects.filter(pk=plan.pk).update(archived_at=now() - timedelta(days=100))
    audit_record(Action.ERASED)
    before = AuditEvent.objects.count()
    assert pruned(Ages(events=0, archived_plans=90, calls=0, audit=0)) == {"archived plans": 1}
    assert [each.pk for each in Plan.objects.all()] == [other.pk]
    assert AuditEvent.objects.count() >= before


def test_by_default_what_people_made_stays(plan: Plan, says: Says) -> None:
    run_make(plan, days=4000)
    Plan.objects.filter(pk=plan.pk).update(archived_at=now() - timedelta(days=4000))
    assert pruned(NEVER) == {}
    assert "1 stretches of event logs would go" in says("prune", "--dry-run")
    assert "1 archived plans deleted" in says("prune", "--archived-plans=30")


def test_dead_tokens_go(world: World) -> None:
    tokens = AuthToken.objects.order_by("pk")
    dead = tokens[0]
    AuthToken.objects.filter(pk=dead.pk).update(expires_at=now() - timedelta(days=31))
    assert pruned(NEVER) == {"dead tokens": 1}
    assert not AuthToken.objects.filter(pk=dead.pk).exists()


# -- forget_user ------------------------------------------------------------------------------


def test_a_person_is_forgotten(world: World, says: Says) -> None:
    member = user_of(world.member)
    theirs = plan_make(project=world.project, owner=member)
    run_make(theirs, days=1)
    others = plan_make(project=world.project, owner=user_of(world.owner), name="shared")
    run_make(others, days=1, user=member)
    UsageDay.objects.create(
        org=world.org,
        day=now().date(),
        user=member,
        role="r",
        purpose="p",
        model_id="m",
        model_name="m",
        provider="p",
        calls=3,
    )
    audit_record(Action.ERASED, actor=member, target=member.email)
    email, pk = member.email, member.pk
    assert "1 plans deleted" in says("forget_user", email, "--dry-run")
    assert User.objects.filter(pk=pk).exists()
    says("forget_user", email, "--yes")
    assert not User.objects.filter(pk=pk).exists()
    assert [each.pk for each in Plan.objects.all()] == [others.pk]
    assert {call.user_id for call in ModelCall.objects.all()} == {None}
    assert [(day.user_id, day.calls) for day in UsageDay.objects.all()] == [(None, 3)]
    for event in AuditEvent.objects.all():
        assert email not in (event.actor, event.target), event
    assert email not in str(list(AuditEvent.objects.values()))


def test_plans_may_be_given_to_another_member(world: World, says: Says) -> None:
    member, admin = user_of(world.member), user_of(world.admin)
    theirs = plan_make(project=world.project, owner=member)
    says("forget_user", member.email, "--yes", "--plans-to", admin.email)
    theirs.refresh_from_db()
    assert theirs.owner_id == admin.pk


def test_the_owner_of_others_org_is_not_forgotten(world: World, says: Says) -> None:
    owner, admin = user_of(world.owner), user_of(world.admin)
    with pytest.raises(CommandError, match="Make one of them its owner"):
        says("forget_user", owner.email, "--yes")
    says("forget_user", owner.email, "--yes", "--plans-to", admin.email)
    org = Org.objects.get(pk=world.org.pk)
    assert org.owner_id == admin.pk
    assert org.memberships.get(user=admin).role == "owner"


def test_an_org_of_nobody_else_goes_too(world: World, says: Says) -> None:
    stranger = user_of(world.stranger)
    says("forget_user", stranger.email, "--yes")
    assert not Org.objects.filter(pk=world.other_org.pk).exists()
    with pytest.raises(CommandError, match="Nobody here"):
        says("forget_user", stranger.email, "--yes")


def test_a_person_with_a_running_run_is_not_forgotten(plan: Plan, world: World, says: Says) -> None:
    member = member_make(org=world.org).user
    run = run_make(plan, days=0, user=member)
    Run.objects.filter(pk=run.pk).update(finished_at=None)
    with pytest.raises(CommandError, match="Stop it first"):
        says("forget_user", member.email, "--yes")
