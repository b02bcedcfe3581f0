"""The receiving side: a web process follows runs that other processes execute."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from channels.layers import get_channel_layer
from redis.asyncio import Redis

from execution import storage
from execution.cluster.broadcast import FOLLOWED_S, NEWS_GROUP, followed_key, stream_key
from execution.event_log import Follower, RunLog
from execution.logic.events import is_terminal
from execution.logic.stretches import Answered, Entry, decode_entries
from plandex_server.threads import in_thread

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
"""Messages and Redis itself may be lost; then events come this late, but they come."""


class RemoteLogs:
    """The logs that viewers of this process follow, kept as long as somebody does."""

    def __init__(self, redis: Redis) -> None:
        self._redis: Any = redis
        self._logs: dict[str, RunLog] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def follow(self, run_id: str, *, after: int = 0) -> Follower:
        """A follower of a run's events after number `after`."""
        log = self._logs.get(run_id)
        if log is None:
            log = self._logs[run_id] = RunLog(entries=await in_thread(storage.entries_read, run_id))
        follower = Follower(log, after)
        log.followers.add(follower)
        self._start()
        await self._fetch([run_id])
        await self._say_followed([run_id])
        return follower

    def _start(self) -> None:
        if not self._tasks or any(task.done() for task in self._tasks):
            for task in self._tasks:
                task.cancel()
            loop = asyncio.get_running_loop()
            self._tasks = [loop.create_task(self._listen()), loop.create_task(self._look())]

    async def _listen(self) -> None:
        """Reads the runs that have news, as the messages say."""
        while True:
            try:
                layer = get_channel_layer()
                channel = await layer.new_channel()
                await layer.group_add(NEWS_GROUP, channel)
                while True:
                    message = await layer.receive(channel)
                    await self._fetch(run for run in message["runs"] if run in self._logs)
            except asyncio.CancelledError:
                raise
            except Exception as failure:
                logger.warning("news of runs: %s, trying again", type(failure).__name__)
                await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        """Looks at all followed runs, whatever the messages say."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            for run_id in [id for id, log in self._logs.items() if not log.followers]:
                del self._logs[run_id]
            try:
                await self._fetch(list(self._logs))
                await self._say_followed(list(self._logs))
            except Exception as failure:
                logger.warning("looking at runs: %s, trying again", type(failure).__name__)

    async def _fetch(self, run_ids: Iterable[str]) -> None:
        """Takes what is new in these runs, from Redis or, where that has a gap, the database."""
        wanted = [run_id for run_id in run_ids if not _ended(self._logs[run_id])]
        if not wanted:
            return
        logs = {stream_key(run_id): (run_id, self._logs[run_id]) for run_id in wanted}
        positions = {key: f"{len(log.entries)}-0" for key, (_, log) in logs.items()}
        try:
            found = await self._redis.xread(positions)
        except Exception as failure:
            logger.warning("reading events: %s, reading the database", type(failure).__name__)
            found = []
        answered = set()
        for raw_key, batches in found or []:
            key = raw_key.decode()
            run_id, log = logs[key]
            answered.add(run_id)
            for _, fields in batches:
                first, entries = int(fields[b"first"]), decode_entries(fields[b"entries"])
                if first > len(log.entries) + 1:
                    await self._from_database(run_id, log)
                _extend(log, first, entries)
        for run_id in wanted:
            if run_id not in answered:
                await self._from_database(run_id, self._logs[run_id])

    async def _from_database(self, run_id: str, log: RunLog) -> None:
        _extend(log, 1, await in_thread(storage.entries_read, run_id))

    async def _say_followed(self, run_ids: list[str]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for run_id in run_ids:
            pipeline.set(followed_key(run_id), "1", ex=FOLLOWED_S)
        await pipeline.execute(raise_on_error=False)


def _extend(log: RunLog, first: int, entries: list[Entry]) -> None:
    """Appends what the log lacks of a batch that begins with number `first`."""
    known = len(log.entries)
    if first > known + 1:
        return  # a gap: the next look closes it
    news = entries[known + 1 - first :]
    if news:
        log.entries.extend(news)
        for follower in log.followers:
            follower.wake()


def _ended(log: RunLog) -> bool:
    last = log.entries[-1] if log.entries else None
    return last is not None and not isinstance(last, Answered) and is_terminal(last)
