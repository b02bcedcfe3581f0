"""Migrating when several processes start at once."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

LOCK_NUMBER = 0x706C616E646578
"""Any number that no other program on the database uses."""
LOOK_EVERY_S = 1.0


def lacks_migrations(using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether the database is older than the code."""
    executor = MigrationExecutor(connections[using])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrations_await(
    report: Callable[[str], object], pause: Callable[[float], None] = time.sleep
) -> None:
    """For processes that are started together with the one that migrates: they need its tables."""
    if not lacks_migrations():
        return
    report("The database lacks migrations: waiting for manage.py serve, or migrate, to bring them.")
    while lacks_migrations():
        pause(LOOK_EVERY_S)


@contextmanager
def database_needed() -> Iterator[None]:
    """Ends the command with one sentence when the database can't be used."""
    try:
        yield
    except DatabaseError as error:
        raise CommandError(f"The database can't be used: {' '.join(str(error).split())}") from None


@contextmanager
def migration_lock(report: Callable[[str], object]) -> Iterator[None]:
    """Lets one process migrate at a time, and says so if it has to wait; SQLite's server is alone
    anyway.

    The limits of requests do not count here: large tables take their time, and who comes second
    waits for the first.
    """
    if connection.vendor != "postgresql":
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with connection.cursor() as cursor:
            # Any write: a file that can only be read is noticed now, not by the first user.
            cursor.execute("PRAGMA user_version = 1")
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_NUMBER])
        if cursor.fetchone() == (False,):
            report("Another process migrates the database: waiting for it.")
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_NUMBER])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_NUMBER])
            cursor.execute("RESET statement_timeout")
            cursor.execute("RESET lock_timeout")
