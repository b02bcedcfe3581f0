"""A synchronous client of Redis, for what looks after the server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from redis import Redis

CELERY_QUEUE = "celery"


@contextmanager
def redis_client() -> Iterator[Any]:
    """A connection for one look; untyped, as `execution.cluster.connection` says."""
    timeouts: Any = settings.REDIS_TIMEOUTS
    client = Redis.from_url(settings.REDIS_URL, **timeouts)
    try:
        yield client
    finally:
        client.close()


def queue_length(client: Any) -> int:
    """Messages that no worker of Celery has taken."""
    return int(client.llen(CELERY_QUEUE))
