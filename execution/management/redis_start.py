"""Looking at Redis when a process starts, so that one sentence says what it lacks."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, AuthorizationError, RedisError, ResponseError
from redis.retry import Retry

Report = Callable[[str], object]

TRY_EVERY_S = 2.0


def is_redis_address(url: str) -> bool:
    try:
        Redis.from_url(url)
    except ValueError:  # another scheme, or a port that is no number
        return False
    return True


def redis_tell(report: Report) -> None:
    """For web processes, which serve without it."""
    if _is_away():
        report(
            f"Redis at {_place()} does not answer: serving without it. "
            "New runs begin when it is back."
        )


def redis_await(report: Report, pause: Callable[[float], None] = time.sleep) -> None:
    """For workers, which can do nothing without it."""
    if not _is_away():
        return
    report(f"Redis at {_place()} does not answer: waiting for it.")
    while _is_away():
        pause(TRY_EVERY_S)
    report("Redis answers.")


def _is_away() -> bool:
    """Refusals that waiting does not change end the process."""
    timeouts: Any = settings.REDIS_TIMEOUTS
    client = Redis.from_url(settings.REDIS_URL, retry=Retry(NoBackoff(), 0), **timeouts)
    try:
        client.ping()
    except (AuthenticationError, AuthorizationError, ResponseError) as refusal:
        raise CommandError(f"Redis at {_place()} refuses REDIS_URL: {refusal}") from None
    except (RedisError, OSError):
        return True
    finally:
        client.close()
    return False


def _place() -> str:
    """The address without user and password."""
    parts = urlsplit(settings.REDIS_URL)
    return parts.netloc.rpartition("@")[2] or parts.path
