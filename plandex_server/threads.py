"""The kept threads in which synchronous code runs, each with its own kept database connection.

Django's own bridge makes a thread, and so a connection, for every request; these stay.
"""

import asyncio
import contextvars
import select
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from plandex_server.kept_threads import KeptThreads

P = ParamSpec("P")
T = TypeVar("T")

FRESH_S = 5.0
"""After so long without use a database connection is checked before it is used."""

_pool = KeptThreads(settings.WEB_THREADS, "sync")
_first_pool = KeptThreads(1, "first")
_patient_pool = KeptThreads(settings.PATIENT_THREADS, "patient")


_loop: asyncio.AbstractEventLoop | None = None


def loop_of_threads() -> asyncio.AbstractEventLoop | None:
    """The event loop that last gave work to the threads: the process has one."""
    return _loop if _loop is not None and _loop.is_running() else None


async def in_thread(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Awaits a blocking call, made on a kept thread. A cancelled caller leaves it running to its
    end, so a write is never cut in half."""
    return await _on(_pool, partial(call, *args, **kwargs))


async def in_thread_first(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """The same for the few things that are promised in time: they wait for no others."""
    return await _on(_first_pool, partial(call, *args, **kwargs))


async def in_patient_thread(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """The same for what may wait for more than the database: for the parsers, a model, a mail
    server. Those have threads of their own, so that neither runs nor quick requests wait for
    them."""
    return await _on(_patient_pool, partial(call, *args, **kwargs))


async def _on(threads: KeptThreads, call: Callable[[], T]) -> T:
    global _loop
    _loop = asyncio.get_running_loop()
    context = contextvars.copy_context()
    return await threads.call(partial(context.run, _with_connection, call))


class _LastUse(threading.local):
    at = float("-inf")


_last_use = _LastUse()


def _with_connection(call: Callable[[], T]) -> T:
    database = connections[DEFAULT_DB_ALIAS]
    _check(database)
    try:
        return call()
    finally:
        _last_use.at = time.monotonic()
        database.close_if_unusable_or_obsolete()


def _check(database: BaseDatabaseWrapper) -> None:
    """A connection that was good a moment ago is not asked again, which would be a query for each
    request. One that its server has closed since is noticed all the same, before anything is sent
    on it, so that a restart of the database costs no request its answer."""
    if time.monotonic() - _last_use.at > FRESH_S:
        database.close_if_unusable_or_obsolete()
    elif _was_hung_up(database):
        database.close()
    else:
        database.health_check_done = True  # type: ignore[attr-defined]  # not in the stubs


def _was_hung_up(connection: BaseDatabaseWrapper) -> bool:
    """Whether an idle connection has something to read: its end, or the words before it."""
    if connection.vendor != "postgresql" or connection.connection is None:
        return False
    try:
        poll = select.poll()
        poll.register(connection.connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))
    except (OSError, ValueError, DatabaseError):
        return True
