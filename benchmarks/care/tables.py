"""All rows of two databases, side by side, read by their drivers and compared as text."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg

Rows = Mapping[str, Counter[str]]
"""By table, the digests of its rows, each as often as it comes."""
Kinds = Mapping[str, Mapping[str, str]]
"""By table and column, PostgreSQL's type: what SQLite's loose values stand for."""


def postgresql_rows(url: str) -> tuple[Rows, Kinds]:
    found: dict[str, Counter[str]] = {}
    kinds: dict[str, dict[str, str]] = {}
    with psycopg.connect(url) as connection:
        listed = connection.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'public' ORDER BY table_name, column_name"
        )
        for table, column, kind in listed:
            kinds.setdefault(table, {})[column] = kind
        for table, columns in kinds.items():
            names = ", ".join(f'"{column}"' for column in columns)
            read = connection.execute(f'SELECT {names} FROM "{table}"'.encode())
            found[table] = digests(read, list(columns.values()))
    return found, kinds


def sqlite_rows(path: Path, kinds: Kinds) -> Rows:
    found = {}
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        for table, columns in kinds.items():
            names = ", ".join(f'"{column}"' for column in columns)
            read = connection.execute(f'SELECT {names} FROM "{table}"')
            found[table] = digests(read, list(columns.values()))
    finally:
        connection.close()
    return found


def digests(rows: Iterable[Sequence[Any]], kinds: Sequence[str]) -> Counter[str]:
    readers = [_READERS.get(kind, str) for kind in kinds]
    return Counter(
        hashlib.sha256(
            json.dumps(
                [
                    None if value is None else read(value)
                    for read, value in zip(readers, row, strict=True)
                ]
            ).encode()
        ).hexdigest()
        for row in rows
    )


def differences(one: Rows, other: Rows, ignored: Iterable[str] = ()) -> list[str]:
    return [
        f"{table}: {(one[table] - other[table]).total()} rows here only, "
        f"{(other[table] - one[table]).total()} there only"
        for table in sorted(one.keys() - set(ignored))
        if one[table] != other[table]
    ]


def _moment(value: Any) -> str:
    told = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if told.tzinfo is None:  # as SQLite keeps it
        told = told.replace(tzinfo=UTC)
    return told.astimezone(UTC).isoformat()


def _json(value: Any) -> str:
    return json.dumps(json.loads(value) if isinstance(value, str) else value, sort_keys=True)


def _number(value: Any) -> str:
    """SQLite keeps decimals as floating point numbers: fifteen digits of them count."""
    return f"{float(value):.14e}"


def _day(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


_READERS: Mapping[str, Callable[[Any], str]] = {
    "timestamp with time zone": _moment,
    "date": _day,
    "jsonb": _json,
    "json": _json,
    "numeric": _number,
    "boolean": lambda value: str(bool(value)),
    "bytea": lambda value: hashlib.sha256(bytes(value)).hexdigest(),
}
