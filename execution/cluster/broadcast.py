"""The sending side: a worker's events go to Redis streams and to those who view them, by one
command for all its runs."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

from channels.layers import get_channel_layer

from execution.cluster.line import Line, Script
from execution.logic.stretches import (
    Entry,
    Stretch,
    beyond,
    decode_entries,
    encode_entries,
    ends_run,
)

logger = logging.getLogger(__name__)

NEWS_GROUP = "runs.events"
KEEP_S = 15 * 60
"""After its last event a stream stays for those who come late; then the database has it."""
KEEP_AGAIN_S = 60.0
"""A stream in use is told this seldom how long to stay: each word costs as much as a batch."""
MAX_BATCHES = 20_000
FOLLOWED_S = 15
"""A web process repeats more often than this that it has viewers."""
_SENT_BEFORE = b"equal or smaller"
_ADD = Script(
    """
-- Adds a batch to each stream; returns which were refused, and why. When all were taken, viewers
-- get the message.
local owner, most, keep_s, channel, message = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local refused = {}
for number, stream in ipairs(KEYS) do
  local at = 4 * number + 2
  local id, first, entries, is_due = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local added = redis.pcall('XADD', stream, 'MAXLEN', '~', most, id,
    'first', first, 'entries', entries, 'owner', owner)
  if type(added) == 'table' and added.err then
    refused[#refused + 1] = { number, added.err }
  elseif is_due == '1' then
    redis.call('EXPIRE', stream, keep_s)
  end
end
if #refused == 0 then
  redis.call('PUBLISH', channel, message)
end
return refused
"""
)
"""One command for all runs: a command for each would cost the worker more than Redis."""

News = tuple[str, int, bytes]
"""Of a run: the number of its first new event, and the new events."""


_Batch = tuple[Stretch, bytes]
"""New events of a run, and how they are written."""


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
        self._line = Line(redis)
        self._owner = owner
        self._kept_at: dict[str, float] = {}

    async def send(self, stretches: Sequence[Stretch]) -> None:
        """The id of a batch is the number of its last event, so a reader goes on after any."""
        due = self._due(stretches)
        batches = [(stretch, encode_entries(stretch.entries)) for stretch in stretches]
        layer = get_channel_layer()
        channel = layer._get_group_channel_name(NEWS_GROUP)
        message = layer.serialize(self._message(batches))
        words: list[str | int | bytes] = [self._owner, MAX_BATCHES, KEEP_S, channel, message]
        for stretch, entries in batches:
            last = stretch.first + len(stretch.entries) - 1
            words += (f"{last}-0", stretch.first, entries, int(stretch.run_id in due))
        keys = [stream_key(stretch.run_id) for stretch in stretches]
        refused = await self._line.run_script(_ADD, keys, words)
        if refused:
            await self._send_without(batches, {number: why for number, why in refused})
        self._kept_at |= due

    async def _send_without(self, batches: Sequence[_Batch], refused: Mapping[int, bytes]) -> None:
        """Shows viewers what their stream has, and nothing that it refused: so that all see the
        same, should two processes have gone on with a run."""
        taken = [batch for number, batch in enumerate(batches, 1) if number not in refused]
        try:
            await get_channel_layer().group_send(NEWS_GROUP, self._message(taken))
        except Exception as failure:
            # The events are there; viewers look for them without being told, a moment later.
            logger.warning("viewers were not told: %s", type(failure).__name__)
        for why in refused.values():
            # A batch that was sent before, perhaps by another process, is refused rightly.
            if _SENT_BEFORE not in why:
                raise NotSent(why)

    def _message(self, batches: Sequence[_Batch]) -> dict[str, Any]:
        """What viewers are told."""
        now = asyncio.get_running_loop().time()
        news: list[News] = [(one.run_id, one.first, entries) for one, entries in batches]
        ages = [max(0.0, now - one.at) for one, _ in batches]
        return {"type": "runs.events", "owner": self._owner, "news": news, "ages": ages}

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
