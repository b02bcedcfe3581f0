"""Migrating when several processes start at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

LOCK_NUMBER = 0x706C616E646578
"""Any number that no other program on the database uses."""


@contextmanager
def migration_lock() -> Iterator[None]:
    """Lets one process migrate at a time; SQLite's server is alone anyway.

    The limits of requests do not count here: large tables take their time, and who comes second
    waits for the first.
    """
    if connection.vendor != "postgresql":
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_NUMBER])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_NUMBER])
            cursor.execute("RESET statement_timeout")
            cursor.execute("RESET lock_timeout")
