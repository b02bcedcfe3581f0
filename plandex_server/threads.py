"""The kept threads in which synchronous code runs, each with its own kept database connection.

Django's own bridge makes a thread, and so a connection, for every request; these stay.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

# More threads than cores help only while some wait for the database.
_pool = ThreadPoolExecutor(max_workers=settings.WEB_THREADS, thread_name_prefix="sync")


_loop: asyncio.AbstractEventLoop | None = None


def loop_of_threads() -> asyncio.AbstractEventLoop | None:
    """The event loop that last gave work to the threads: the process has one."""
    return _loop if _loop is not None and _loop.is_running() else None


async def in_thread(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Awaits a blocking call, made on a kept thread. A cancelled caller leaves it running to its
    end, so a write is never cut in half."""
    global _loop
    _loop = asyncio.get_running_loop()
    context = contextvars.copy_context()
    work = partial(context.run, _with_connections, call, *args, **kwargs)
    return await _loop.run_in_executor(_pool, work)


def _with_connections(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    close_old_connections()
    try:
        return call(*args, **kwargs)
    finally:
        close_old_connections()
