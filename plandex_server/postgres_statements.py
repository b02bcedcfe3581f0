"""The statements that one connection to PostgreSQL has prepared, and how their answers are read."""

import re
from collections.abc import Sequence
from itertools import count
from typing import Any

import psycopg
from psycopg.abc import Transformer as Reader
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

KEPT = 300
"""So many a connection keeps, each of some 20 kB in its server process. What comes later
is sent as it is: poolers understand when a statement is prepared, but not when it is dropped."""

_MARKS = re.compile(r"%(s|%)")


class PostgresStatements:
    """Sends statements by the driver's functions for prepared ones: a round trip and little else.

    As in `psycopg.Cursor`, a statement is prepared once for each combination of the types of its
    values, which for whole numbers depends on how large they are. For one thread at a time, as
    connections are.
    """

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.connection = connection
        self._server = connection.pgconn
        self._of_sql: dict[str, _Statement] = {}
        self._names: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self._numbers = count(1)

    def run(self, sql: str, params: Sequence[Any]) -> tuple[list[tuple[Any, ...]], int]:
        """The rows, and how many were found or changed. Raises `psycopg.Error`."""
        statement = self._of_sql.get(sql) or self._made(sql, len(params))
        reader = statement.reader
        values = reader.dump_sequence(params, statement.formats)
        self._begin_if_due()
        result = self._sent(statement, values)
        if result.status == ExecStatus.TUPLES_OK:
            reader.set_pgresult(result)
            return reader.load_rows(0, result.ntuples, tuple), result.ntuples
        self._check(result)
        return [], result.command_tuples or 0

    def _begin_if_due(self) -> None:
        """Without autocommit the driver's cursors begin a transaction with its first statement."""
        if self.connection.autocommit:
            return
        if self._server.transaction_status == TransactionStatus.IDLE:
            self._check(self._server.exec_(b"BEGIN"))

    def _made(self, sql: str, number: int) -> "_Statement":
        made = _Statement(sql, number, Transformer(self.connection))
        if len(self._of_sql) < KEPT:
            self._of_sql[sql] = made
        return made

    def _sent(self, statement: "_Statement", values: Sequence[Any]) -> PGresult:
        types, formats = statement.reader.types or (), statement.reader.formats
        name = self._names.get((statement.sql, types))
        if name is None and len(self._names) < KEPT:
            name = self._prepare(statement, types)
        if name is None:
            return self._server.exec_params(statement.numbered, values, types, formats)
        return self._server.exec_prepared(name, values, formats)

    def _prepare(self, statement: "_Statement", types: tuple[int, ...]) -> bytes:
        name = b"kept_%d" % next(self._numbers)
        self._check(self._server.prepare(name, statement.numbered, types))
        self._names[statement.sql, types] = name
        return name

    def _check(self, result: PGresult) -> None:
        if result.status in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            return
        if self._server.status == ConnStatus.BAD:  # the server is gone: it gave no code
            raise psycopg.OperationalError(result.get_error_message())
        raise error_from_result(result, self.connection.info.encoding)


class _Statement:
    """A statement with what reads its answers; both are made once."""

    __slots__ = ("formats", "numbered", "reader", "sql")

    def __init__(self, sql: str, number: int, reader: Reader) -> None:
        numbers = count(1)
        self.sql = sql
        self.numbered = _MARKS.sub(
            lambda mark: f"${next(numbers)}" if mark[1] == "s" else "%", sql
        ).encode()
        self.formats = [PyFormat.AUTO] * number
        self.reader = reader
