"""One statement to the database, without Django's cursors.

A cursor costs several times what the driver and the database need for a small statement: it wraps
each call, and finds out anew how to read each column. For what every request and run asks, that
was most of its cost (`docs/decisions/0027-small-statements.md`). Elsewhere cursors read better.

Where Django has something to see to, a cursor is used as ever: for a new connection, for one whose
health is in doubt, and where somebody listens to the statements.
"""

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    from plandex_server.postgres_statements import PostgresStatements

Row = tuple[Any, ...]


class Answer(NamedTuple):
    """The rows that a statement gave, and how many it found or changed."""

    rows: list[Row]
    number: int


def run(sql: str, params: Sequence[Any]) -> Answer:
    """Runs a statement with `%s` in place of its parameters, in the transaction that the thread's
    connection is in, or by itself. Raises what a cursor of Django raises."""
    database = connections[DEFAULT_DB_ALIAS]
    if not _is_plain(database):
        return _by_cursor(database, sql, params)
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        if database.vendor == "postgresql":
            return Answer(*_kept(database.connection).run(sql, params))
        cursor = database.connection.execute(_with_question_marks(sql), params)
        return Answer(cursor.fetchall(), cursor.rowcount)


def run_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Runs a statement that gives no rows once for each of these lists of parameters. Call it in a
    transaction: else some may be done and some not."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor == "postgresql" or not _is_plain(database):
        with database.cursor() as cursor:
            cursor.executemany(sql, rows)
        return
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        database.connection.executemany(_with_question_marks(sql), rows)


def _is_plain(database: BaseDatabaseWrapper) -> bool:
    return (
        database.connection is not None
        and (database.health_check_done or not database.health_check_enabled)  # type: ignore[attr-defined]  # not in the stubs
        and not database.execute_wrappers
        and not database.queries_logged
    )


def _by_cursor(database: BaseDatabaseWrapper, sql: str, params: Sequence[Any]) -> Answer:
    with database.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall() if cursor.description else []
        return Answer(rows, cursor.rowcount)


@lru_cache(maxsize=1024)
def _with_question_marks(sql: str) -> str:
    return sql.replace("%s", "?").replace("%%", "%")


class _Here(threading.local):
    """What the thread's connection has prepared."""

    statements: "PostgresStatements | None" = None


_here = _Here()


def _kept(connection: Any) -> "PostgresStatements":
    from plandex_server.postgres_statements import PostgresStatements  # only where it is used

    kept = _here.statements
    if kept is None or kept.connection is not connection:
        kept = _here.statements = PostgresStatements(connection)
    return kept
