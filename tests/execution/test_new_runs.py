"""How a run begins: the same in one statement on its own as in steps inside a transaction."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from execution.errors import AlreadyRunning
from execution.models import Run, RunEnd
from execution.services.runs import run_end
from plandex_server.db import now
from plans.models import Branch, Plan
from tests.execution.factories import run_make
from tests.plans.factories import main_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[False, True], ids=["alone", "in a transaction"])
def begun(request: pytest.FixtureRequest) -> bool:
    """Whether runs are made inside a transaction."""
    return bool(request.param)


def _make(plan: Plan, begun: bool) -> Run:
    if not begun:
        return run_make(plan, owner="one")
    with transaction.atomic():
        return run_make(plan, owner="one")


def test_it_works(plan: Plan, begun: bool) -> None:
    Branch.objects.filter(plan=plan).update(status="error", error="It broke.")
    run = _make(plan, begun)
    kept = Run.objects.get(pk=run.pk)
    for field in Run._meta.concrete_fields:
        stored, made = getattr(kept, field.attname), getattr(run, field.attname)
        assert (bytes(stored) if field.name == "request" else stored) == made
    branch = main_of(plan)
    assert (branch.status, branch.error) == ("replying", "")


def test_it_comes_after_the_runs_before_whatever_the_clock_says(plan: Plan, begun: bool) -> None:
    earlier = _make(plan, begun)
    run_end(earlier, RunEnd.FINISHED)
    late = now() + timedelta(hours=1)
    Run.objects.filter(pk=earlier.pk).update(created_at=late)
    run = _make(plan, begun)
    assert run.created_at == Run.objects.get(pk=run.pk).created_at
    assert run.created_at == late + timedelta(microseconds=1)


def test_a_refused_one_changes_nothing(plan: Plan, begun: bool) -> None:
    run = _make(plan, begun)
    Branch.objects.filter(plan=plan).update(status="describing")
    with pytest.raises(AlreadyRunning):
        _make(plan, begun)
    assert main_of(plan).status == "describing"
    assert list(Run.objects.values_list("pk", flat=True)) == [run.pk]


def test_it_takes_one_statement_where_it_can(plan: Plan) -> None:
    statements: list[str] = []

    def note(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        run_make(plan)
    about_runs = [sql for sql in statements if "execution_run" in sql]
    assert len(about_runs) == (1 if connection.vendor == "postgresql" else 2)
