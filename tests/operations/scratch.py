"""Databases of a test's own, beside the suite's: empty, of one kind or the other."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from plandex_server.settings import base as settings

Make = Callable[[str], str]


@contextmanager
def scratch_databases(folder: Path) -> Iterator[Make]:
    """Makes an empty database of a vendor at each call, and gives its alias."""
    made: list[str] = []

    def make(vendor: str) -> str:
        alias = f"scratch_{uuid.uuid4().hex[:12]}"
        base = dict(connections.databases["default"])
        if vendor == "sqlite":
            base |= settings.sqlite_database(folder / f"{alias}.sqlite3")
        else:
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {alias}")
            base["NAME"] = alias
        connections.databases[alias] = base | {"CONN_MAX_AGE": 0}
        made.append(alias)
        # Django's tests refuse databases that they were not told of; this one is no danger.
        wrapper = connections[alias]
        wrapper.ensure_connection = partial(_connected, wrapper)  # type: ignore[method-assign]
        return alias

    try:
        yield make
    finally:
        for alias in made:
            vendor = connections[alias].vendor
            connections[alias].close()
            del connections[alias]
            del connections.databases[alias]
            if vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"DROP DATABASE {alias} WITH (FORCE)")


def _connected(wrapper: BaseDatabaseWrapper) -> None:
    if wrapper.connection is None:
        with wrapper.wrap_database_errors:
            wrapper.connect()


def vendors() -> list[str]:
    """The kinds that can be made here."""
    return ["sqlite", "postgresql"] if connection.vendor == "postgresql" else ["sqlite"]
