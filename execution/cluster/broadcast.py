"""The sending side: a worker's events go to Redis streams, one pipeline for all its runs."""

import logging
from collections.abc import Sequence
from typing import Any

from channels.layers import get_channel_layer

from execution.logic.stretches import Entry, Stretch, beyond, decode_entries, encode_entries

logger = logging.getLogger(__name__)

NEWS_GROUP = "runs.news"
KEEP_S = 15 * 60
"""After its last event a stream stays for those who come late; then the database has it."""
MAX_BATCHES = 20_000
FOLLOWED_S = 15
"""A web process repeats more often than this that it has viewers."""
_SENT_BEFORE = "equal or smaller"


class NotSent(Exception):
    """Redis took only a part of the events."""


def stream_key(run_id: str) -> str:
    return f"plandex:run:{run_id}:events"


def followed_key(run_id: str) -> str:
    return f"plandex:run:{run_id}:followed"


class RedisBroadcast:
    """Implements `execution.event_log.Broadcast`."""

    def __init__(self, redis: Any, owner: str) -> None:
        self._redis = redis
        self._owner = owner

    async def send(self, stretches: Sequence[Stretch]) -> None:
        """The id of a batch is the number of its last event, so a reader goes on after any."""
        pipeline = self._redis.pipeline(transaction=False)
        for stretch in stretches:
            last = stretch.first + len(stretch.entries) - 1
            key = stream_key(stretch.run_id)
            fields = {
                "first": str(stretch.first),
                "entries": encode_entries(stretch.entries),
                "owner": self._owner,
            }
            pipeline.xadd(key, fields, id=f"{last}-0", maxlen=MAX_BATCHES, approximate=True)
            pipeline.expire(key, KEEP_S)
        for answer in await pipeline.execute(raise_on_error=False):
            # A batch that was sent before, perhaps by another process, is refused rightly.
            if isinstance(answer, Exception) and _SENT_BEFORE not in str(answer):
                raise NotSent(type(answer).__name__)
        runs = [stretch.run_id for stretch in stretches]
        try:
            await get_channel_layer().group_send(NEWS_GROUP, {"type": "runs.news", "runs": runs})
        except Exception as failure:
            # The events are there; viewers look for them without being woken, a moment later.
            logger.warning("viewers were not woken: %s", type(failure).__name__)

    async def sent(self, run_id: str, after: int = 0) -> list[Entry]:
        """The run's events after this number, as far as Redis has them without a gap."""
        entries: list[Entry] = []
        try:
            batches = await self._redis.xrange(stream_key(run_id), min=f"({after}-0")
        except Exception as failure:
            logger.warning("run %s: its sent events: %s", run_id, type(failure).__name__)
            return []
        for _, fields in batches:
            found = decode_entries(fields[b"entries"])
            entries += beyond(after + len(entries), int(fields[b"first"]), found)
        return entries

    async def is_followed(self, run_id: str) -> bool:
        """Whether some web process has a viewer of the run; False while nobody can say."""
        try:
            return bool(await self._redis.exists(followed_key(run_id)))
        except Exception as failure:
            logger.warning("run %s: its viewers: %s", run_id, type(failure).__name__)
            return False
