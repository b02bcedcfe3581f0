"""Databases of a test's own, beside the suite's: empty, of one kind or the other."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from plandex_server.settings import base as settings

Make = Callable[[str], str]


class Scratch:
    """Makes an empty database of a vendor at each call, and gives its alias. All migrations take
    long: `migrated` copies a database that has them."""

    def __init__(self, folder: Path, template: Path | None = None) -> None:
        self._folder, self._template = folder, template
        self._made: list[str] = []

    def __call__(self, vendor: str) -> str:
        alias = f"scratch_{uuid.uuid4().hex[:12]}"
        base = dict(connections.databases["default"])
        if vendor == "sqlite":
            base |= settings.sqlite_database(self._folder / f"{alias}.sqlite3")
        else:
            _execute(f"CREATE DATABASE {alias}")
            base["NAME"] = alias
        connections.databases[alias] = base | {"CONN_MAX_AGE": 0}
        self._made.append(alias)
        # Django's tests refuse databases that they were not told of; this one is no danger.
        wrapper = connections[alias]
        wrapper.ensure_connection = partial(_connected, wrapper)  # type: ignore[method-assign]
        return alias

    def migrated(self) -> str:
        """A database of SQLite's kind with the newest schema and no rows."""
        assert self._template is not None, "this test makes its own schemas"
        alias = self("sqlite")
        if not self._template.exists():
            migrate_all(alias)
            with connections[alias].cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(self._template)])
        else:
            shutil.copyfile(self._template, connections.databases[alias]["NAME"])
        return alias

    def drop_all(self) -> None:
        for alias in self._made:
            vendor = connections[alias].vendor
            connections[alias].close()
            del connections[alias]
            del connections.databases[alias]
            if vendor == "postgresql":
                _execute(f"DROP DATABASE {alias} WITH (FORCE)")


@contextmanager
def scratch_databases(folder: Path, template: Path | None = None) -> Iterator[Scratch]:
    scratch = Scratch(folder, template)
    try:
        yield scratch
    finally:
        scratch.drop_all()


def _execute(sql: str) -> None:
    """Without the server's limit of time: both wait for the disk, on a busy machine for long."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        try:
            cursor.execute(sql)
        finally:
            cursor.execute("RESET statement_timeout")


def migrate_all(alias: str) -> None:
    executor = MigrationExecutor(connections[alias])
    executor.migrate(executor.loader.graph.leaf_nodes())


def _connected(wrapper: BaseDatabaseWrapper) -> None:
    if wrapper.connection is None:
        with wrapper.wrap_database_errors:
            wrapper.connect()


def vendors() -> list[str]:
    """The kinds that can be made here."""
    return ["sqlite", "postgresql"] if connection.vendor == "postgresql" else ["sqlite"]
