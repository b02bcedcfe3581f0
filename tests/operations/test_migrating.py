"""Migrating while other processes start too."""

import pytest
from django.db import connection

from execution.management import migrating
from execution.management.migrating import migration_lock, migrations_await


def setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        row = cursor.fetchone()
    assert row is not None
    return str(row[0])


def _nobody(line: str) -> None:
    raise AssertionError(f"there is nobody to wait for: {line}")


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_another_one_says_so() -> None:
    """A process that was silent at its start looked as if it had hung."""
    if connection.vendor != "postgresql":
        return  # SQLite's one process has nobody to wait for
    other = connection.copy()
    said: list[str] = []

    def let_go(line: str) -> None:
        said.append(line)
        other.close()  # and with it its lock

    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [migrating.LOCK_NUMBER])
        with migration_lock(let_go):
            assert said == ["Another process migrates the database: waiting for it."]
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_the_limits_of_requests_do_not_count() -> None:
    if connection.vendor != "postgresql":
        with migration_lock(_nobody):
            return  # SQLite's one process has nobody to wait for
    before = {name: setting(name) for name in ("statement_timeout", "lock_timeout")}
    assert before["lock_timeout"] == "10s"
    with migration_lock(_nobody):
        assert [setting(name) for name in before] == ["0", "0"]
    assert {name: setting(name) for name in before} == before


def test_who_needs_the_tables_waits_for_who_makes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([True, True, True, False])
    monkeypatch.setattr(migrating, "lacks_migrations", lambda: next(answers))
    told: list[str] = []
    pauses: list[float] = []
    migrations_await(told.append, pauses.append)
    assert len(told) == 1 and "waiting for manage.py serve" in told[0]
    assert len(pauses) == 2


@pytest.mark.django_db
def test_who_finds_the_tables_does_not_wait() -> None:
    told: list[str] = []
    migrations_await(told.append)
    assert told == []
