"""A worker process: one event loop in one thread carries all its runs."""

import asyncio
import logging
import random
import threading
from collections.abc import Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

from django.conf import settings
from redis.exceptions import RedisError

from execution import storage
from execution.clients.base import ModelClient
from execution.cluster.broadcast import RedisBroadcast
from execution.cluster.connection import cancelled, redis_connect
from execution.cluster.control import Word, control_listen, control_send
from execution.cluster.heartbeat import SIGN_EVERY_S, sign_leave, sign_remove
from execution.event_log import EventLog
from execution.logic.silence import GAP_S, SILENT_S, Sign, Silence
from execution.logic.stretches import Entry
from execution.models import Run
from execution.pace import Pace
from execution.runtime import Runtime, owner_make
from execution.services.call_records import calls_kill_lost
from execution.services.claims import run_release, runs_signs
from execution.services.database_away import DATABASE_IS_AWAY, steadily
from execution.services.recovery import run_resume, run_take
from execution.services.run import execute
from execution.warm import warm_up
from plandex_server.collector import calm_collector
from plandex_server.loops import new_loop
from plandex_server.observe.logs import without_text
from plandex_server.once import once
from plandex_server.threads import in_thread

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.5
FREE_S = 2.0
"""A run that nobody has taken for so long was not queued, or its message was lost."""
RESUMED_AT_ONCE = 8
"""So that of the many runs of a dead worker the first ones go on soon."""
TAKEN_S = 5.0
"""How long a worker that leaves waits for what it is just taking, to give it back."""
SPREAD_S = 0.2
"""Workers that all hear of the same runs take their share of them."""


class Team:
    """The part of a worker that lives on its loop: it takes runs and gives them back."""

    def __init__(self, redis: Any, models: ModelClient | None = None, *, room: int = 0) -> None:
        owner = owner_make()
        self._redis = redis
        self._broadcast = RedisBroadcast(redis, owner)
        write = partial(storage.stretches_write_as, owner)
        pace = Pace()
        log = EventLog(write, broadcast=self._broadcast, written=pace.written)
        self.runtime = Runtime(execute, models=models, log=log, owner=owner, pace=pace)
        self.room = room or settings.WORKER_RUNS
        self._executing: set[asyncio.Task[object]] = set()
        self._taking: set[str] = set()
        self._resuming = asyncio.Semaphore(RESUMED_AT_ONCE)
        self._background: set[asyncio.Task[object]] = set()

    def start(self) -> None:
        """Listens, and looks for runs that have nobody."""
        self._keep(control_listen(self._control))
        self._keep(self._watch())
        self._keep(self._sign())
        self._keep(in_thread(calls_kill_lost))

    def _keep(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
        task: asyncio.Task[object] = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._dropped)
        return task

    def _dropped(self, task: "asyncio.Task[object]") -> None:
        self._background.discard(task)
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            logger.error("work of a worker failed", exc_info=without_text(failure))

    def _control(self, run_id: str, word: Word) -> None:
        match word:
            case "stop":
                self.runtime.stop(run_id)
            case "wake":
                self.runtime.wake(run_id)
            case "take":
                self._keep(self._take_share(run_id))

    async def _take_share(self, run_id: str) -> None:
        await asyncio.sleep(random.uniform(0, SPREAD_S))
        if self._has_room and not self.runtime.stopping:
            self._take(run_id)

    async def offered(self, run_id: str) -> None:
        """Takes a run from the queue; returns when there is room for another one, so that what
        waits in the queue waits for all workers."""
        self._take(run_id)
        while not self._has_room:
            await asyncio.wait(self._executing, return_when=asyncio.FIRST_COMPLETED)

    @property
    def _has_room(self) -> bool:
        return len(self._executing) < self.room

    def _take(self, run_id: str, silent: Sign | None = None) -> None:
        task = self._keep(self.execute(run_id, silent))
        self._executing.add(task)
        task.add_done_callback(self._executing.discard)

    async def execute(self, run_id: str, silent: Sign | None = None) -> None:
        """Takes the run if it is free, or its owner still silent, and executes it to its end."""
        if self.runtime.has(run_id) or run_id in self._taking:
            return
        if self.runtime.stopping:
            await control_send(run_id, "take")
            return
        self._taking.add(run_id)
        try:
            task = await self._started(run_id, silent)
        finally:
            self._taking.discard(run_id)
        if task is not None:
            await asyncio.wait({task})

    async def _started(self, run_id: str, silent: Sign | None) -> "asyncio.Task[None] | None":
        """None when another worker has the run, or it is over."""
        runtime = self.runtime
        taken = await in_thread(run_take, run_id, runtime.owner, silent=silent)
        if taken is None:
            return None
        run, was_begun = taken
        if silent is not None and silent.owner:
            logger.warning("run %s: taken over from a silent worker", run_id)
        with runtime.taking(run_id):
            is_fresh = not was_begun and run.stop_requested_at is None
            earlier = [] if is_fresh else await self._resumed(run)
            if earlier is None:
                return None
            if not runtime.stopping:
                return runtime.start(run_id, earlier)
        # Meanwhile: nobody would give signs of life for it any more.
        await in_thread(run_release, run)
        await control_send(run_id, "take")
        return None

    async def _resumed(self, run: Run) -> list[Entry] | None:
        """The events so far of a run that another process began; None when it is over, or was
        given back."""
        try:
            async with self._resuming:
                known = len(await in_thread(storage.entries_read, run.id))
                sent = await self._broadcast.sent(run.id, known)
                return await in_thread(run_resume, run, sent)
        except DATABASE_IS_AWAY as failure:
            logger.warning("run %s: not taken: %s", run.id, type(failure).__name__)
            # This worker lives: no attempt is lost.
            await steadily(run_release, run)
            return None

    async def _watch(self) -> None:
        """Takes over the runs of workers that died, and those that nobody was told of."""
        silence = Silence(owned=SILENT_S, free=FREE_S, gap=GAP_S)
        loop = asyncio.get_running_loop()
        while not self.runtime.stopping:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                silent = silence.look(await in_thread(runs_signs), loop.time())
            except Exception as failure:
                logger.warning("looking for runs without a worker: %s", type(failure).__name__)
                continue
            room = max(0, self.room - len(self._executing))
            for run_id, sign in list(silent.items())[:room]:
                self._take(run_id, sign)

    async def _sign(self) -> None:
        """Tells those who look after the server that this worker lives."""
        while not self.runtime.stopping:
            runtime = self.runtime
            try:
                await sign_leave(self._redis, runtime.owner, runs=runtime.size, room=self.room)
            except Exception as failure:  # without it the worker would seem dead for ever
                logger.debug("no sign of life: %s", type(failure).__name__)
            await asyncio.sleep(SIGN_EVERY_S)

    async def drain(self) -> None:
        """Gives the running runs back and offers them to the others."""
        run_ids = self.runtime.run_ids
        await self.runtime.drain(hand_over=True)
        if self._executing:
            await asyncio.wait(self._executing, timeout=TAKEN_S)
        await self.runtime.log.leave()
        for run_id in run_ids:
            await control_send(run_id, "take")
        with suppress(RedisError):
            await sign_remove(self._redis, self.runtime.owner)
        await cancelled(self._background - {asyncio.current_task()})


class Worker:
    """The team on a loop of its own thread."""

    def __init__(self) -> None:
        self.loop = new_loop()
        self._team: Team | None = None
        self._ready = threading.Event()
        self.loop.call_soon(self._start)
        threading.Thread(target=self.loop.run_forever, name="runs", daemon=True).start()
        self._ready.wait()

    def _start(self) -> None:
        self._team = Team(redis_connect())
        self._team.start()
        self._ready.set()
        self._warming = self.loop.create_task(self._warm_up())

    async def _warm_up(self) -> None:
        await warm_up()
        calm_collector()

    @property
    def team(self) -> Team:
        assert self._team is not None, "the constructor waits for it"
        return self._team

    def offered(self, run_id: str) -> None:
        """Takes a run, and waits for room for the next one; for the thread of Celery."""
        asyncio.run_coroutine_threadsafe(self.team.offered(run_id), self.loop).result()

    def drain(self) -> None:
        asyncio.run_coroutine_threadsafe(self._drain(), self.loop).result(30)

    async def _drain(self) -> None:
        self._warming.cancel()
        await self.team.drain()


@once
def worker() -> Worker:
    """The worker of this process, started at the first call."""
    return Worker()
