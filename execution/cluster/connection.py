"""The connection to Redis. One client per event loop: its connections belong to the loop."""

import asyncio
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection

MAX_CONNECTIONS = 1000
"""As many runs and viewers of a process may ask at the same moment; by default a hundred may, and
the others fail."""


def redis_connect(url: str = "") -> Any:
    """A client. Untyped: the stubs allow for two protocols and text or bytes in every answer."""
    timeouts: Any = settings.REDIS_TIMEOUTS
    return Redis.from_url(
        url or settings.REDIS_URL,
        # A Redis that takes longer is down for our purpose: the database has all that it holds.
        **timeouts,
        max_connections=MAX_CONNECTIONS,
        # Once more at once, because the connections kept from before a restart are dead.
        retry=Retry(NoBackoff(), 1, supported_errors=(NoConnection,)),
        protocol=2,
        # Else each new connection looks for the version of its library, and tells Redis.
        driver_info=None,
    )


async def cancelled(tasks: "Iterable[asyncio.Task[Any]]") -> None:
    """Cancels tasks that talk to Redis, and waits for them. Its client may take a cancellation for
    a failed connection, so one may not be enough."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=0.2)
