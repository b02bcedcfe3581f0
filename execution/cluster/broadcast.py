"""The sending side: a worker's events go to Redis streams, one pipeline for all its runs."""

import logging
import time
from collections.abc import Sequence
from typing import Any

from channels.layers import get_channel_layer

from execution.logic.stretches import (
    Entry,
    Stretch,
    beyond,
    decode_entries,
    encode_entries,
    ends_run,
)

logger = logging.getLogger(__name__)

NEWS_GROUP = "runs.news"
KEEP_S = 15 * 60
"""After its last event a stream stays for those who come late; then the database has it."""
KEEP_AGAIN_S = 60.0
"""A stream in use is told this seldom how long to stay: each word costs as much as a batch."""
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
        self._kept_at: dict[str, float] = {}

    async def send(self, stretches: Sequence[Stretch]) -> None:
        """The id of a batch is the number of its last event, so a reader goes on after any."""
        pipeline = self._redis.pipeline(transaction=False)
        due = self._due(stretches)
        for stretch in stretches:
            last = stretch.first + len(stretch.entries) - 1
            key = stream_key(stretch.run_id)
            fields = {
                "first": str(stretch.first),
                "entries": encode_entries(stretch.entries),
                "owner": self._owner,
            }
            pipeline.xadd(key, fields, id=f"{last}-0", maxlen=MAX_BATCHES, approximate=True)
            if stretch.run_id in due:
                pipeline.expire(key, KEEP_S)
        for answer in await pipeline.execute(raise_on_error=False):
            # A batch that was sent before, perhaps by another process, is refused rightly.
            if isinstance(answer, Exception) and _SENT_BEFORE not in str(answer):
                raise NotSent(type(answer).__name__)
        self._kept_at |= due
        runs = [stretch.run_id for stretch in stretches]
        try:
            await get_channel_layer().group_send(NEWS_GROUP, {"type": "runs.news", "runs": runs})
        except Exception as failure:
            # The events are there; viewers look for them without being woken, a moment later.
            logger.warning("viewers were not woken: %s", type(failure).__name__)

    def _due(self, stretches: Sequence[Stretch]) -> dict[str, float]:
        """The runs whose streams are to be told how long to stay, and now; the last time is at a
        run's end. Old runs are forgotten."""
        now = time.monotonic()
        self._kept_at = {run: at for run, at in self._kept_at.items() if now - at < KEEP_AGAIN_S}
        return {
            one.run_id: now
            for one in stretches
            if one.run_id not in self._kept_at or ends_run(one.entries[-1])
        }

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
