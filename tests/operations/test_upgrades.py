"""From the schema of every release to the newest one and back, with rows in every table."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps.registry import Apps
from django.conf import settings
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from plandex_server import VERSION
from plandex_server.operations.services.rows import tables_of
from tests.execution.runs.conftest import quick_flush  # noqa: F401  # a fixture
from tests.operations.filler import fill
from tests.operations.scratch import Scratch, scratch_databases, vendors

RELEASES: dict[str, list[list[str]]] = json.loads(
    (Path(settings.BASE_DIR) / "tests/data/releases.json").read_text()
)


@pytest.fixture
def scratch(
    quick_flush: None,  # noqa: F811  # the fixture
    transactional_db: None,
    tmp_path: Path,
) -> Iterator[Scratch]:
    with scratch_databases(tmp_path) as make:
        yield make


def migrate(using: str, nodes: list[tuple[str, str]]) -> Apps:
    """Brings the database to these migrations, up or down; the models as they are there."""
    executor = MigrationExecutor(connections[using])
    executor.migrate(nodes)
    return MigrationExecutor(connections[using]).loader.project_state(nodes).apps


def newest(using: str) -> list[tuple[str, str]]:
    nodes = MigrationExecutor(connections[using]).loader.graph.leaf_nodes()
    return [(app, name) for app, name in nodes]


def rows_of(apps: Apps, using: str) -> dict[str, list[bytes]]:
    return {
        table.name: sorted(
            table.line(values)
            for values in table.model._base_manager.using(using).values_list(*table.columns)
        )
        for table in tables_of(apps)
    }


@pytest.mark.django_db
def test_this_version_is_listed_with_its_migrations() -> None:
    """So that no release is forgotten: the next one is tested from this one."""
    ours = {app for app, _ in RELEASES[VERSION]}
    assert sorted((app, name) for app, name in RELEASES[VERSION]) == sorted(
        node for node in newest("default") if node[0] in ours
    )
    assert all({app for app, _ in nodes} <= ours for nodes in RELEASES.values())


@pytest.mark.parametrize("release", RELEASES)
def test_up_and_down_keep_the_data(scratch: Scratch, release: str) -> None:
    using = scratch(vendors()[-1])  # the suite runs on each kind of database
    nodes = [(app, name) for app, name in RELEASES[release]]
    old = migrate(using, nodes)
    fill(old, using)
    before = rows_of(old, using)
    assert all(before.values()), "there are rows in every table"

    new = migrate(using, newest(using))
    kept = rows_of(new, using)
    assert {name: len(kept[name]) for name in before} == {
        name: len(lines) for name, lines in before.items()
    }

    assert rows_of(migrate(using, nodes), using) == before
    migrate(using, newest(using))
    assert rows_of(new, using) == kept

    # Every migration has its way back, the first ones too.
    executor = MigrationExecutor(connections[using])
    executor.migrate([(app, None) for app, _ in newest(using)])
    left = connections[using].introspection.table_names()
    assert set(left) == {"django_migrations"}
