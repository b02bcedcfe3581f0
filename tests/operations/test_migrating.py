"""Migrating while other processes start too."""

import pytest
from django.db import connection

from execution.management.migrating import migration_lock


def setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        row = cursor.fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.django_db(transaction=True)
def test_the_limits_of_requests_do_not_count() -> None:
    if connection.vendor != "postgresql":
        with migration_lock():
            return  # SQLite's one process has nobody to wait for
    before = {name: setting(name) for name in ("statement_timeout", "lock_timeout")}
    assert before["lock_timeout"] == "10s"
    with migration_lock():
        assert [setting(name) for name in before] == ["0", "0"]
    assert {name: setting(name) for name in before} == before
