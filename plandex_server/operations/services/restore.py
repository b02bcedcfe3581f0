"""Reading a backup into an empty database, of either kind, and comparing it row by row."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps.registry import Apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from plandex_server.operations.errors import CareFailed
from plandex_server.operations.services.archive import Archive, Manifest, TableEntry, archive_open
from plandex_server.operations.services.rows import Digest, Table, tables_of

BATCH_ROWS = 200
BATCH_BYTES = 8 * 1024 * 1024
MOST_NAMED = 20
"""Differences that are told one by one."""

Report = Callable[[str], None]


@dataclass(slots=True)
class Differences:
    """Where a database is not as the backup says. `named` are the first ones in words."""

    count: int = 0
    named: list[str] = field(default_factory=list)

    def add(self, words: str) -> None:
        self.count += 1
        if len(self.named) < MOST_NAMED:
            self.named.append(words)


def restore_read(path: Path, *, using: str = DEFAULT_DB_ALIAS, report: Report) -> Manifest:
    """Fills an empty database with a backup and compares every row: all of it, or nothing.

    The database first gets the schema that the backup was made with, and is brought up to this
    version afterwards.
    """
    with archive_open(path) as archive:
        nodes = _nodes(archive.manifest)
        _require_empty(using)
        MigrationExecutor(connections[using]).migrate(_leaves(nodes))
        tables = {table.name: table for table in tables_of(_apps_at(nodes))}
        with transaction.atomic(using):
            for entry in archive.manifest.tables:
                _load(archive, entry, _table(tables, entry), using, report)
            _reset_sequences(tables.values(), using)
            differences = _compare(archive, tables, using)
            if differences.count:
                words = "; ".join(differences.named)
                raise CareFailed(f"Nothing was restored: the rows read back differ: {words}")
        call_command("migrate", database=using, interactive=False, verbosity=0)
        return archive.manifest


def restore_check(path: Path, *, using: str = DEFAULT_DB_ALIAS) -> Differences:
    """Compares a database with a backup of the same version, row by row; writes nothing."""
    with archive_open(path) as archive:
        nodes = _nodes(archive.manifest)
        if set(nodes) != set(MigrationLoader(connections[using]).applied_migrations):
            raise CareFailed("The database and the backup are of different versions.")
        tables = {table.name: table for table in tables_of(_apps_at(nodes))}
        return _compare(archive, tables, using)


def _nodes(manifest: Manifest) -> list[tuple[str, str]]:
    """The backup's migrations, all of which this version has to know."""
    known = MigrationLoader(None).disk_migrations
    unknown = [f"{app}.{name}" for app, name in manifest.migrations if (app, name) not in known]
    if unknown:
        raise CareFailed(
            f"The backup was made by version {manifest.version}, which is newer than this one: "
            f"migration {unknown[0]} is unknown here. Install that version first."
        )
    return [(app, name) for app, name in manifest.migrations]


def _leaves(nodes: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The last migrations of each app among these."""
    graph = MigrationLoader(None).graph
    had = set(nodes)

    def has_later(app: str, name: str) -> bool:
        children = graph.node_map[app, name].children
        return any(child.key in had and child.key[0] == app for child in children)

    return [(app, name) for app, name in had if not has_later(app, name)]


def _apps_at(nodes: Iterable[tuple[str, str]]) -> Apps:
    """The models as those migrations made them."""
    return MigrationLoader(None).project_state(_leaves(nodes)).apps


def _require_empty(using: str) -> None:
    """A database that somebody uses is never overwritten."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    for table in ("accounts_user", "orgs_org", "plans_plan", "execution_run"):
        if table not in existing:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")
            if cursor.fetchone():
                raise CareFailed(
                    "The database is not empty; a restore overwrites nothing. Give it a new one "
                    "(another DATABASE_URL or PLANDEX_DATA_DIR)."
                )


def _table(tables: dict[str, Table], entry: TableEntry) -> Table:
    table = tables.get(entry.name)
    if table is None or table.columns != entry.columns:
        raise CareFailed(f"The backup's table {entry.name} does not fit its own migrations.")
    return table


def _load(archive: Archive, entry: TableEntry, table: Table, using: str, report: Report) -> None:
    rows = table.model._base_manager.using(using)
    # What migrations and their signals wrote by themselves is in the backup too.
    rows.all()._raw_delete(using)
    digest = Digest()
    for batch in _batches(archive.lines(entry.name)):
        instances = []
        for line in batch:
            digest.add(line)
            instances.append(table.instance(table.values(line)))
        try:
            # Raw: no field may set itself, as times of changes do. Django has it, its stubs do not.
            for part in _fitting(instances, table, using):
                rows._insert(part, fields=table.fields, using=using, raw=True)  # type: ignore[attr-defined]
        except (DatabaseError, ValueError) as failure:
            raise CareFailed(
                f"A row of {entry.name} does not fit this database: {type(failure).__name__}."
            ) from failure
    if (digest.rows, digest.text()) != (entry.rows, entry.digest):
        raise CareFailed(f"The backup is damaged: {entry.name} is not as it was written.")
    if entry.rows:
        report(f"{entry.name}: {entry.rows} rows")


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _fitting(instances: list[Any], table: Table, using: str) -> Iterator[list[Any]]:
    """As many rows as one statement may have on this back end."""
    most = connections[using].ops.bulk_batch_size(table.fields, instances) or 1
    rest = iter(instances)
    while part := list(islice(rest, most)):
        yield part


def _reset_sequences(tables: Iterable[Table], using: str) -> None:
    """New rows get numbers after those that were restored."""
    connection = connections[using]
    models = [table.model for table in tables]
    statements = connection.ops.sequence_reset_sql(no_style(), models)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _compare(archive: Archive, tables: dict[str, Table], using: str) -> Differences:
    differences = Differences()
    for entry in archive.manifest.tables:
        table = _table(tables, entry)
        rows = table.model._base_manager.using(using).order_by()
        count = rows.count()
        if count != entry.rows:
            differences.add(f"{entry.name} has {count} rows instead of {entry.rows}")
        for batch in _batches(archive.lines(entry.name)):
            wanted = {table.values(line)[table.key]: line for line in batch}
            found = rows.filter(pk__in=list(wanted)).values_list(*table.columns)
            present = {values[table.key]: table.line(values) for values in found}
            for key, line in wanted.items():
                if present.get(key) != line:
                    what = "is missing" if key not in present else "differs"
                    differences.add(f"{entry.name} {key} {what}")
    return differences
