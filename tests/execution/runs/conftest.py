from collections.abc import Iterator

import pytest
from django.core.management.color import no_style
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.execution.runs.stage import Stage, models_make, runtime_make
from tests.factories import world_make
from tests.plans.factories import main_of, plan_make, user_of

KEPT = {"django_content_type", "auth_permission"}
"""What the migrations wrote. Django's own flush writes it again each time, which takes longer than
a whole run."""


@pytest.fixture
def database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database that all threads share, emptied after the test."""
    with django_db_blocker.unblock():
        yield
        tables = connection.introspection.django_table_names(only_existing=True)
        emptied = [table for table in tables if table not in KEPT]
        connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), emptied))
        connection.close()


@pytest.fixture
def stage(database: None, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A stage with a plan of the owner's, and no pauses that only a real client needs."""
    world = world_make()
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    models = models_make()
    runtime = runtime_make(models)
    monkeypatch.setattr("execution.launch.runtime", lambda: runtime)
    monkeypatch.setattr("execution.streaming.VIEW_OPENS_S", 0.0)
    monkeypatch.setattr("execution.streaming.GRACE_S", 0.0)
    monkeypatch.setattr("execution.services.ending.FIRST_WAIT_S", 0.001)
    monkeypatch.setattr("execution.logic.fallbacks._delay", lambda error, jitter: 0.0)
    return Stage(world=world, plan=plan, branch_id=main_of(plan).id, models=models, runtime=runtime)
