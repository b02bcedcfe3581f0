"""Writing a backup: every row of every table, as the database was at one moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from execution.management.migrating import lacks_migrations
from plandex_server import VERSION
from plandex_server.db import now
from plandex_server.operations.errors import CareFailed
from plandex_server.operations.services.archive import (
    FORMAT,
    ArchiveWriter,
    Manifest,
    TableEntry,
    archive_create,
)
from plandex_server.operations.services.rows import Digest, Table, tables_of
from plandex_server.seal import seal_fingerprints

CHUNK = 200
"""Rows fetched at once: one may hold a file of 25 MiB."""

Report = Callable[[str], None]


def backup_write(path: Path, *, using: str = DEFAULT_DB_ALIAS, report: Report) -> Manifest:
    """Writes all rows to a new file, while the server goes on."""
    with archive_create(path) as archive, snapshot(using):
        _require_current(using)
        entries = [_table_write(archive, table, using, report) for table in tables_of(apps)]
        manifest = Manifest(
            format=FORMAT,
            version=VERSION,
            created_at=now(),
            database=connections[using].vendor,
            migrations=migrations_applied(using),
            seal_keys=seal_fingerprints(),
            tables=entries,
        )
        archive.finish(manifest)
    return manifest


def _table_write(archive: ArchiveWriter, table: Table, using: str, report: Report) -> TableEntry:
    digest = Digest()
    rows = table.model._base_manager.using(using).order_by().values_list(*table.columns)
    with archive.table(table.name) as out:
        for values in rows.iterator(chunk_size=CHUNK):
            line = table.line(values)
            digest.add(line)
            out.write(line + b"\n")
    if digest.rows:
        report(f"{table.name}: {digest.rows} rows")
    return TableEntry(table.name, table.columns, digest.rows, digest.text())


@contextmanager
def snapshot(using: str) -> Iterator[None]:
    """Inside, the database looks as it did at the beginning; writers are not held up."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        with transaction.atomic(using), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            # Large tables take longer than a request may.
            cursor.execute("SET LOCAL statement_timeout = 0")
            yield
        return
    # Not `atomic`: its transactions are for writers, and would hold the others off.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def migrations_applied(using: str) -> list[tuple[str, str]]:
    return sorted(MigrationRecorder(connections[using]).applied_migrations())


def _require_current(using: str) -> None:
    if lacks_migrations(using):
        raise CareFailed("The database lacks migrations of this version: run manage.py migrate.")
