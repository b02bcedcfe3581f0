from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management.color import no_style
from django.db import connection

from plandex_server.kept_threads import KeptThreads
from tests.execution.runs.stage import Stage, models_make, runtime_make
from tests.factories import world_make
from tests.plans.factories import main_of, plan_make, user_of

KEPT = {"django_content_type", "auth_permission"}
FLUSH = "django.core.management.commands.flush"


def _flush(*args: Any, **kwargs: Any) -> list[str]:
    tables = connection.introspection.django_table_names(only_existing=True)
    return connection.ops.sql_flush(no_style(), [name for name in tables if name not in KEPT])


@pytest.fixture
def quick_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empties the tables after each test, but for what the migrations wrote: to write that again,
    as Django's own flush does, takes longer than a whole run."""
    monkeypatch.setattr(f"{FLUSH}.sql_flush", _flush)
    monkeypatch.setattr(f"{FLUSH}.emit_post_migrate_signal", lambda *args, **kwargs: None)


@pytest.fixture
def by_cursors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every statement goes by a cursor of Django, where a test can make it fail."""
    monkeypatch.setattr("plandex_server.statements._is_plain", lambda database: False)


@pytest.fixture
def stage(
    quick_flush: None, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """A stage with a plan of the owner's, and no pauses that only a real client needs."""
    # Work that outlives its run must be over before the tables are emptied.
    pool, first = KeptThreads(4, "sync"), KeptThreads(1, "first")
    monkeypatch.setattr("plandex_server.threads._pool", pool)
    monkeypatch.setattr("plandex_server.threads._first_pool", first)
    world = world_make()
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    models = models_make()
    runtime = runtime_make(models)
    monkeypatch.setattr("execution.launch.runtime", lambda: runtime)
    for pause in ("VIEW_OPENS_S", "VIEW_IS_OPEN_S", "BUILD_VIEW_IS_OPEN_S", "GRACE_S"):
        monkeypatch.setattr(f"execution.stream_frames.{pause}", 0.0)
    monkeypatch.setattr("execution.services.database_away.FIRST_WAIT_S", 0.001)
    monkeypatch.setattr("execution.services.database_away.LONGEST_WAIT_S", 0.002)
    monkeypatch.setattr("execution.logic.fallbacks._delay", lambda error, jitter: 0.0)
    yield Stage(world=world, plan=plan, branch_id=main_of(plan).id, models=models, runtime=runtime)
    pool.close()
    first.close()
