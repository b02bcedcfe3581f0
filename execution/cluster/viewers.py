"""The receiving side: a web process follows runs that other processes execute.

Messages bring what is new. They may be lost: what does not join on to what is known is read from
Redis, all such runs in one command. So is every run after a second without a message, and what
Redis can't give is read from the database: what follows a gap, what is silent, and everything while
Redis is away.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from channels.layers import get_channel_layer
from redis.exceptions import TimeoutError as NoAnswer

from execution import storage
from execution.cluster.broadcast import FOLLOWED_S, NEWS_GROUP, followed_key, stream_key
from execution.cluster.connection import cancelled
from execution.logic.events import Aborted
from execution.logic.stretches import Entry, beyond, decode_entries, ends_run, text_only
from execution.run_log import Follower, RunLog
from plandex_server.observe.logs import without_text
from plandex_server.threads import in_thread
from plandex_server.wheel import Wheel

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
"""What a lost message announced comes twice as late at most, or with the next message."""
SAY_EVERY_S = 4.0
"""How often the workers are told which runs have viewers; see `FOLLOWED_S`."""
REST_S = 5.0
"""A Redis that hangs is not asked again for so long; the database answers at once."""
SILENT_LOOKS = 3
"""A run that was silent so often is looked for in the database, and then once in so many looks:
its worker may have died, or another process may have ended it."""

_SAY_FOLLOWED = """
for _, key in ipairs(KEYS) do redis.call('SET', key, '1', 'EX', ARGV[1]) end
"""
"""One command for all runs: a command for each costs more than what they stream meanwhile."""


@dataclass(slots=True)
class _Remote:
    """`owner` is the worker whose events were read last."""

    log: RunLog = field(default_factory=RunLog)
    owner: str = ""
    silent_looks: int = 0
    has_ended: bool = False

    @property
    def known(self) -> int:
        return len(self.log.entries)

    def extend(self, first: int, entries: list[Entry], *, at: float) -> None:
        """Appends what the log lacks of a batch that begins with number `first` and came at that
        time."""
        log = self.log
        news = beyond(len(log.entries), first, entries)
        if not news:
            return
        self.silent_looks = 0
        log.entries.extend(news)
        with_text = text_only(news)
        self.has_ended = not with_text and ends_run(news[-1])
        for follower in log.followers:
            follower.wake(with_text=with_text, at=at)


Attend = Callable[[Sequence[str]], Awaitable[None]]
"""Is told at each look which runs are silent."""
_Batch = tuple[int, list[Entry], str]
"""First number, entries, and who sent them."""


class RemoteLogs:
    """The logs that viewers of this process follow, kept as long as somebody does. Use it on one
    event loop."""

    def __init__(
        self, redis: Any, *, attend: Attend | None = None, look_every: float = LOOK_EVERY_S
    ) -> None:
        self._redis = redis
        self._say = redis.register_script(_SAY_FOLLOWED)
        self._attend = attend
        self._look_every = look_every
        self._runs: dict[str, _Remote] = {}
        self._wheel = Wheel()
        self._unread: set[str] = set()
        self._gap = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._rests_until = 0.0
        self._say_at = 0.0

    async def follow(self, run_id: str, *, after: int = 0, is_new: bool = False) -> Follower:
        """A follower of a run's events after number `after`. Of a new run, that no worker had when
        its row was read, nothing is known anywhere that the viewer would have to wait for."""
        # One log per run, also for two viewers who come at the same moment.
        run = self._runs.setdefault(run_id, _Remote())
        follower = Follower(run.log, after, self._wheel)
        run.log.followers.add(follower)
        self._start()
        if is_new:
            self._read_soon(run_id)
            return follower
        try:
            await self._fetch([run_id], database=True)
            await self._say_followed([run_id])
        except Exception as failure:
            # The viewer need not go: the next looks find what is missing now.
            logger.warning("run %s: following it: %s", run_id, type(failure).__name__)
        except BaseException:
            follower.close()
            raise
        return follower

    async def close(self) -> None:
        await cancelled(self._tasks)
        await self._redis.aclose()

    def _start(self) -> None:
        if self._tasks and not any(task.done() for task in self._tasks):
            return
        for task in self._tasks:
            task.cancel()
        work = (self._listen(), self._read(), self._look())
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._for_ever(part)) for part in work]

    async def _for_ever(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except asyncio.CancelledError:
            raise
        except Exception as failure:
            # Ends the task: the next viewer starts all of them again.
            logger.error("following runs of other processes failed", exc_info=without_text(failure))

    async def _listen(self) -> None:
        """Takes what the messages bring."""
        while True:
            try:
                layer = get_channel_layer()
                channel = await layer.new_channel()
                await layer.group_add(NEWS_GROUP, channel)
                break
            except Exception as failure:
                logger.warning("news of runs: %s, trying again", type(failure).__name__)
                await asyncio.sleep(self._look_every)
        while True:
            # The layer connects again by itself.
            message = await layer.receive(channel)
            try:
                self._hear(message)
            except (KeyError, TypeError, ValueError) as failure:
                # Of a worker of another version; what it told of is read a moment later.
                logger.warning("news of runs was not understood: %s", type(failure).__name__)

    def _hear(self, message: dict[str, Any]) -> None:
        now, owner, news = _now(), message["owner"], message["news"]
        ages = message.get("ages") or [0.0] * len(news)  # earlier workers say none
        for (run_id, first, entries), age in zip(news, ages, strict=True):
            run = self._runs.get(run_id)
            if run is None or run.has_ended:
                continue
            if first > run.known + 1:
                self._read_soon(run_id)
            else:
                run.owner = owner
                run.extend(first, decode_entries(entries), at=now - age)

    def _read_soon(self, run_id: str) -> None:
        self._unread.add(run_id)
        self._gap.set()

    async def _read(self) -> None:
        """Reads the new runs, and those of which a message was lost: while one read goes on, more
        come together."""
        while True:
            await self._gap.wait()
            self._gap.clear()
            unread, self._unread = self._unread, set()
            try:
                await self._fetch(unread)
                await self._say_followed(unread)
            except Exception as failure:
                logger.warning("reading events: %s", type(failure).__name__)

    async def _look(self) -> None:
        """Looks at all followed runs that were silent since the last look."""
        while True:
            await asyncio.sleep(self._look_every)
            for run_id in [id for id, run in self._runs.items() if not run.log.followers]:
                del self._runs[run_id]
            if not self._runs:
                continue
            for run in self._runs.values():
                run.silent_looks += 1
            try:
                await self._fetch([id for id, run in self._runs.items() if run.silent_looks > 1])
                await self._fetch_silent()
                if _now() >= self._say_at:
                    self._say_at = _now() + SAY_EVERY_S
                    await self._say_followed(list(self._runs))
                if self._attend is not None:
                    await self._attend(self._silent)
            except Exception as failure:
                logger.warning("looking at runs: %s, trying again", type(failure).__name__)

    @property
    def _silent(self) -> list[str]:
        """The runs from which nothing has come for some looks."""
        return [
            run_id
            for run_id, run in self._runs.items()
            if run.silent_looks >= SILENT_LOOKS and not run.has_ended
        ]

    async def _fetch_silent(self) -> None:
        silent = [
            run_id
            for run_id, run in self._runs.items()
            if run.silent_looks and run.silent_looks % SILENT_LOOKS == 0
        ]
        await self._from_database(silent)
        await self._keep_shown(silent)
        await self._end_gone(silent)

    async def _keep_shown(self, run_ids: Collection[str]) -> None:
        """Writes what viewers were shown and the database lacks. The worker is to do that, twice a
        second; one that is silent may have died before, and Redis may not last until another one
        takes the run."""
        shown = {
            run_id: (run.owner, list(run.log.entries))
            for run_id in run_ids
            if (run := self._runs.get(run_id)) is not None and run.owner and not run.has_ended
        }
        if shown:
            await in_thread(storage.shown_write, shown)

    async def _end_gone(self, run_ids: Collection[str]) -> None:
        """Ends what was deleted with its plan or branch: no worker may ever say so."""
        silent = [run_id for run_id in run_ids if run_id in self._runs]
        gone = set(silent) - await in_thread(storage.runs_known, silent) if silent else set()
        for run_id in gone & self._runs.keys():
            if not self._runs[run_id].has_ended:
                self._runs[run_id].extend(self._runs[run_id].known + 1, [Aborted()], at=_now())

    async def _fetch(self, run_ids: Collection[str], *, database: bool = False) -> None:
        """Takes what is new in these runs from Redis, and from the database where Redis has a gap
        or does not answer, or, with `database`, has nothing."""
        runs = {
            run_id: self._runs[run_id]
            for run_id in run_ids
            if run_id in self._runs and not self._runs[run_id].has_ended
        }
        if not runs:
            return
        found = await self._from_redis(runs)
        missing = set(runs) if found is None or database else set()
        for run_id, batches in (found or {}).items():
            if batches and batches[0][0] > runs[run_id].known + 1:
                missing.add(run_id)
            elif batches:
                missing.discard(run_id)
        await self._from_database(missing)
        for run_id, batches in (found or {}).items():
            for first, entries, owner in batches:
                runs[run_id].owner = owner
                runs[run_id].extend(first, entries, at=_now())

    async def _from_redis(self, runs: dict[str, _Remote]) -> dict[str, list[_Batch]] | None:
        """The batches after what is known of each run; None while Redis is away."""
        if self._redis_rests:
            return None
        ids = {stream_key(run_id).encode(): run_id for run_id in runs}
        positions = {key: f"{runs[run_id].known}-0" for key, run_id in ids.items()}
        try:
            found = await self._redis.xread(positions)
        except Exception as failure:
            self._failed("reading events", failure)
            return None
        return {ids[key]: [_batch(fields) for _, fields in batches] for key, batches in found}

    async def _from_database(self, run_ids: Collection[str]) -> None:
        positions = {
            run_id: run.known
            for run_id in run_ids
            if (run := self._runs.get(run_id)) is not None and not run.has_ended
        }
        if not positions:
            return
        found = await in_thread(storage.entries_beyond, positions)
        for run_id, entries in found.items():
            run = self._runs.get(run_id)
            if run is not None:
                run.extend(positions[run_id] + 1, entries, at=_now())

    @property
    def _redis_rests(self) -> bool:
        return _now() < self._rests_until

    def _failed(self, what: str, failure: Exception) -> None:
        logger.warning("%s: %s, reading the database", what, type(failure).__name__)
        self._say_at = 0.0  # it may have lost who is followed
        if isinstance(failure, TimeoutError | NoAnswer):
            self._rests_until = _now() + REST_S

    async def _say_followed(self, run_ids: Collection[str]) -> None:
        if self._redis_rests:
            return
        try:
            await self._say(keys=[followed_key(run_id) for run_id in run_ids], args=[FOLLOWED_S])
        except Exception as failure:
            self._failed("announcing viewers", failure)


def _batch(fields: dict[bytes, bytes]) -> _Batch:
    return int(fields[b"first"]), decode_entries(fields[b"entries"]), fields[b"owner"].decode()


def _now() -> float:
    return asyncio.get_running_loop().time()
