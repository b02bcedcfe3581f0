"""The sending side: a worker's events go to Redis streams, one pipeline for all its runs."""

import logging
from collections.abc import Sequence
from typing import Any

from channels.layers import get_channel_layer
from redis.asyncio import Redis

from execution.logic.stretches import Entry, Stretch, decode_entries, encode_entries

logger = logging.getLogger(__name__)

NEWS_GROUP = "runs.news"
KEEP_S = 15 * 60
"""After its last event a stream stays for those who come late; then the database has it."""
MAX_BATCHES = 20_000
FOLLOWED_S = 15
"""A web process repeats more often than this that it has viewers."""


def stream_key(run_id: str) -> str:
    return f"plandex:run:{run_id}:events"


def followed_key(run_id: str) -> str:
    return f"plandex:run:{run_id}:followed"


class RedisBroadcast:
    """Implements `execution.event_log.Broadcast`."""

    def __init__(self, redis: Redis) -> None:
        # Untyped: the stubs allow for two protocols and text or bytes in every answer.
        self._redis: Any = redis

    async def send(self, stretches: Sequence[Stretch]) -> None:
        """The id of a batch is the number of its last event, so a reader goes on after any."""
        pipeline = self._redis.pipeline(transaction=False)
        for stretch in stretches:
            last = stretch.first + len(stretch.entries) - 1
            key = stream_key(stretch.run_id)
            fields = {"first": str(stretch.first), "entries": encode_entries(stretch.entries)}
            pipeline.xadd(key, fields, id=f"{last}-0", maxlen=MAX_BATCHES, approximate=True)
            pipeline.expire(key, KEEP_S)
        # No exceptions: a batch that another process sent before is refused, rightly.
        await pipeline.execute(raise_on_error=False)
        runs = [stretch.run_id for stretch in stretches]
        await get_channel_layer().group_send(NEWS_GROUP, {"type": "runs.news", "runs": runs})

    async def sent(self, run_id: str) -> list[Entry]:
        """The run's events that Redis still has, if it has all from the first on."""
        entries: list[Entry] = []
        try:
            batches = await self._redis.xrange(stream_key(run_id))
        except Exception as failure:
            logger.warning("run %s: its sent events: %s", run_id, type(failure).__name__)
            return []
        for _, fields in batches:
            if int(fields[b"first"]) != len(entries) + 1:
                return []
            entries += decode_entries(fields[b"entries"])
        return entries

    async def is_followed(self, run_id: str) -> bool:
        return bool(await self._redis.exists(followed_key(run_id)))
