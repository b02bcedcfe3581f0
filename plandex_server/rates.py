"""How many requests a user may send in a minute, over all processes.

Each process counts for itself and asks Redis for the sum once a second and user at most, so a
request costs nothing more. While Redis is away each process knows only its own.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

WINDOW_S = 60
SHARE_EVERY_S = 1.0
AWAY_S = 10.0
"""A Redis that failed is not asked again for so long: nobody should wait for it."""
MAX_KEYS = 10_000

Share = Callable[[str, int], int | None]
"""Adds to the sum of all processes under a name, and answers with it; None while it can't."""


@dataclass(slots=True)
class _Count:
    window: int
    known: int = 0  # the sum when it was last asked for
    fresh: int = 0  # what came here since
    shared_at: float = float("-inf")
    sharing: bool = False  # what came here is being added to the sum now


class Rates:
    def __init__(self, share: Share | None = None, clock: Callable[[], float] = time.time) -> None:
        self._share, self._clock = share, clock
        self._counts: dict[str, _Count] = {}
        self._lock = threading.Lock()

    def wait_for(self, key: str, limit: int) -> int:
        """Counts a request; the seconds until the next one may come, 0 if this one may."""
        moment = self._clock()
        window = int(moment // WINDOW_S)
        with self._lock:
            count = self._counts.get(key)
            if count is None or count.window != window:
                count = self._counts[key] = self._room(window)
            count.fresh += 1
            fresh = count.fresh
            is_due = moment - count.shared_at >= SHARE_EVERY_S and not count.sharing
            share = self._share if is_due else None
            if share is not None:
                count.shared_at, count.sharing = moment, True
        if share is not None:
            total = None
            try:
                total = share(f"{key}:{window}", fresh)
            finally:
                with self._lock:
                    count.sharing = False
                    if total is not None:
                        count.known, count.fresh = total, count.fresh - fresh
        if count.known + count.fresh <= limit:
            return 0
        return max(1, int((window + 1) * WINDOW_S - moment))

    def _room(self, window: int) -> _Count:
        if len(self._counts) >= MAX_KEYS:
            self._counts = {key: one for key, one in self._counts.items() if one.window == window}
        return _Count(window)


class RedisShare:
    def __init__(self, redis: Redis, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis, self._clock = redis, clock
        self._away_until = float("-inf")

    def __call__(self, name: str, amount: int) -> int | None:
        if self._clock() < self._away_until:
            return None
        try:
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.incrby(f"rate:{name}", amount)
            pipeline.expire(f"rate:{name}", 2 * WINDOW_S)
            return int(pipeline.execute()[0])
        except RedisError:
            self._away_until = self._clock() + AWAY_S
            return None


@lru_cache(maxsize=1)
def rates() -> Rates:
    """The counts of this process."""
    if not settings.CLUSTER:
        return Rates()
    return Rates(RedisShare(Redis.from_url(settings.REDIS_URL, **settings.REDIS_TIMEOUTS)))
