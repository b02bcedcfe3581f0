"""Statements without Django's cursors answer, fail and take part in transactions as those do."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    IntegrityError,
    OperationalError,
    connection,
    connections,
    transaction,
)
from django.db.transaction import TransactionManagementError

from accounts.models import User
from orgs.models import Org
from plandex_server import statements
from plandex_server.statements import run
from tests.factories import org_make, user_make

NAMES = "SELECT name FROM orgs_org WHERE name LIKE %s ORDER BY name"
RENAME = "UPDATE orgs_org SET name = %s WHERE name = %s"

on_postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="what the server of PostgreSQL does"
)


@pytest.fixture(autouse=True)
def no_cursor(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Every statement goes the short way, once the connection is known to be good."""
    connection.ensure_connection()
    monkeypatch.setattr(connections[DEFAULT_DB_ALIAS], "health_check_done", True)

    def refuse(*args: object) -> None:
        raise AssertionError("a cursor of Django was used")

    def watch() -> None:
        monkeypatch.setattr(statements, "_by_cursor", refuse)

    return watch


@pytest.fixture
def orgs(db: None) -> list[Org]:
    owner = user_make()
    return [org_make(owner=owner, name=name) for name in ("a%b", "b", "c")]


def test_rows_and_how_many(orgs: list[Org], no_cursor: Callable[[], None]) -> None:
    no_cursor()
    assert run(NAMES, ["%"]) == ([("a%b",), ("b",), ("c",)], run(NAMES, ["%"]).number)
    assert run(NAMES, ["nothing"]).rows == []
    assert run(RENAME, ["d", "b"]) == ([], 1)
    assert run(RENAME, ["d", "b"]).number == 0
    assert run("SELECT name FROM orgs_org WHERE name LIKE '%%b'", []).rows == [("a%b",)]


VALUES = [
    None,
    True,
    0,
    40_000,
    3_000_000_000,
    "text with 'quotes', %s and ünïcode",
    "",
]


@pytest.mark.parametrize("value", VALUES)
def test_values_come_back_as_from_a_cursor(value: Any, no_cursor: Callable[[], None]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT CAST(%s AS TEXT)", [value])
        expected = cursor.fetchall()
    no_cursor()
    assert run("SELECT CAST(%s AS TEXT)", [value]).rows == expected


def test_columns_come_back_as_from_a_cursor(orgs: list[Org], no_cursor: Callable[[], None]) -> None:
    """Times, truths and numbers, as the driver reads them."""
    sql = f"SELECT * FROM {User._meta.db_table}"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        expected = cursor.fetchall()
    no_cursor()
    assert run(sql, []).rows == expected
    assert any(isinstance(value, datetime | str) for value in expected[0])


def test_the_same_statement_with_values_of_other_types(no_cursor: Callable[[], None]) -> None:
    no_cursor()
    sql = "SELECT CAST(%s AS NUMERIC) + 1"
    found = [run(sql, [value]).rows[0][0] for value in (1, 100_000, Decimal("0.5"), 5_000_000_000)]
    assert [float(number) for number in found] == [2, 100_001, 1.5, 5_000_000_001]


def test_a_clash_is_an_integrity_error(orgs: list[Org], no_cursor: Callable[[], None]) -> None:
    no_cursor()
    email = User.objects.values_list("email", flat=True)[0]
    other = user_make()
    with pytest.raises(IntegrityError), transaction.atomic():
        run(f"UPDATE {User._meta.db_table} SET email = %s WHERE id = %s", [email, other.pk])
    assert run(NAMES, ["c"]).rows == [("c",)]


def test_nonsense_is_a_database_error_each_time(no_cursor: Callable[[], None]) -> None:
    no_cursor()
    for _ in range(2):
        with pytest.raises(DatabaseError), transaction.atomic():
            run("SELECT nothing FROM nowhere WHERE x = %s", [1])


def test_a_broken_transaction_takes_no_statement(no_cursor: Callable[[], None]) -> None:
    no_cursor()
    with pytest.raises(TransactionManagementError), transaction.atomic():
        transaction.set_rollback(True)
        run("SELECT 1", [])


@pytest.mark.django_db(transaction=True)
def test_it_is_part_of_the_transaction(no_cursor: Callable[[], None]) -> None:
    org_make(owner=user_make(), name="before")
    no_cursor()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert run(RENAME, ["within", "before"]).number == 1
        raise ZeroDivisionError
    assert run(NAMES, ["%"]).rows == [("before",)]
    with transaction.atomic():
        run(RENAME, ["after", "before"])
    assert run(NAMES, ["%"]).rows == [("after",)]
    assert Org.objects.get().name == "after"


def test_many_at_once(orgs: list[Org]) -> None:
    statements.run_many(RENAME, [["x", "b"], ["y", "c"], ["z", "nothing"]])
    assert run(NAMES, ["%"]).rows == [("a%b",), ("x",), ("y",)]
    email = User.objects.values_list("email", flat=True)[0]
    other = user_make()
    change = f"UPDATE {User._meta.db_table} SET email = %s WHERE id = %s"
    with pytest.raises(IntegrityError), transaction.atomic():
        statements.run_many(change, [["new@example.com", other.pk], [email, other.pk]])
    assert not User.objects.filter(email="new@example.com").exists()


def test_many_that_somebody_hears_of_are_one(
    orgs: list[Org], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        statements.run_many(RENAME, [["x", "b"], ["y", "c"]])


def test_who_listens_hears_of_it(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        run(NAMES, ["%"])


def test_a_connection_in_doubt_is_left_to_django(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def is_usable() -> bool:
        asked.append(1)
        return True

    database = connections[DEFAULT_DB_ALIAS]
    monkeypatch.setattr(database, "health_check_enabled", True)
    monkeypatch.setattr(database, "health_check_done", False)
    monkeypatch.setattr(database, "is_usable", is_usable)
    assert run("SELECT 1", []).rows == [(1,)]
    assert asked == [1]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_lost_server_is_an_operational_error(no_cursor: Callable[[], None]) -> None:
    no_cursor()
    [(own,)] = run("SELECT pg_backend_pid()", []).rows
    with pytest.raises(OperationalError):
        run("SELECT pg_terminate_backend(%s)", [own])
    assert connection.errors_occurred
    connection.close()
    connection.ensure_connection()
    assert run(NAMES, ["%"]).rows == []


@pytest.mark.django_db(transaction=True)
def test_what_is_prepared_outlives_a_rollback(no_cursor: Callable[[], None]) -> None:
    for _ in range(5):
        User.objects.filter(email="nobody@example.com").first()  # by Django's cursors
    no_cursor()
    for _ in range(5):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            run(NAMES, ["%"])
            raise ZeroDivisionError
    with transaction.atomic():
        assert run(NAMES, ["%"]).rows == []


@on_postgresql
def test_only_so_many_are_kept(no_cursor: Callable[[], None]) -> None:
    from plandex_server.postgres_statements import KEPT

    no_cursor()
    prepared = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'kept\\_%%'"
    for number in range(KEPT + 20):
        assert run(f"SELECT {number}", []).rows == [(number,)]
    [(kept,)] = run(prepared, []).rows
    assert kept == KEPT
    assert run("SELECT CAST(%s AS TEXT)", ["later"]).rows == [("later",)]


@on_postgresql
def test_every_kind_of_column(no_cursor: Callable[[], None]) -> None:
    no_cursor()
    moment = datetime(2030, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    values = [moment, Decimal("1.50"), b"\x00\xff", True, None, "x", 1]
    casts = ["timestamptz", "numeric", "bytea", "boolean", "text", "text", "bigint"]
    asked = ", ".join(f"CAST(%s AS {cast})" for cast in casts)
    assert run(f"SELECT {asked}", values).rows == [tuple(values)]
