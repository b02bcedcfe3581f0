"""A worker process: one event loop in one thread carries all its runs."""

import asyncio
import logging
import threading
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from redis.asyncio import Redis

from execution.cluster.broadcast import RedisBroadcast
from execution.cluster.control import Word, control_listen
from execution.event_log import EventLog
from execution.runtime import Runtime
from execution.services.recovery import run_resume, runs_overdue
from execution.services.run import execute
from execution.services.runs import run_claim
from plandex_server.db import now
from plandex_server.threads import in_thread

logger = logging.getLogger(__name__)

SWEEP_EVERY_S = 3.0
SILENT_S = 10.0
"""A run whose worker gave no sign of life for so long is taken over; five signs were missed."""


class Worker:
    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="runs", daemon=True)
        self._thread.start()
        self._broadcast = RedisBroadcast(Redis.from_url(settings.REDIS_URL))
        self.runtime = Runtime(execute, log=EventLog(broadcast=self._broadcast))
        self._background: set[asyncio.Task[None]] = set()
        asyncio.run_coroutine_threadsafe(self._start(), self.loop)

    async def _start(self) -> None:
        self._keep(self.loop.create_task(control_listen(self._control)))
        self._keep(self.loop.create_task(self._sweep()))

    def _keep(self, task: "asyncio.Task[None]") -> None:
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _control(self, run_id: str, word: Word) -> None:
        if word == "stop":
            self.runtime.stop(run_id)
        else:
            self.runtime.wake(run_id)

    def execute(self, run_id: str) -> None:
        """Executes a run and waits for its end; for the threads of Celery."""
        self._submit(run_id).result()

    def _submit(self, run_id: str) -> "Future[None]":
        return asyncio.run_coroutine_threadsafe(self._execute(run_id, None), self.loop)

    async def _execute(self, run_id: str, silent_since: datetime | None) -> None:
        """Takes the run if it is free, and executes it to its end."""
        runtime = self.runtime
        if runtime.stopping or runtime.has(run_id):
            return
        run = await in_thread(run_claim, run_id, runtime.owner, silent_since=silent_since)
        if run is None:
            return
        sent = await self._broadcast.sent(run_id) if run.attempt > 1 else []
        earlier = await in_thread(run_resume, run, sent)
        if earlier is None:
            return
        await asyncio.wait({runtime.start(run_id, earlier)})

    async def _sweep(self) -> None:
        """Takes over the runs of workers that died."""
        while not self.runtime.stopping:
            await asyncio.sleep(SWEEP_EVERY_S)
            try:
                for run in await in_thread(runs_overdue, SILENT_S):
                    limit = now() - timedelta(seconds=SILENT_S)
                    self._keep(self.loop.create_task(self._execute(run.id, limit)))
            except Exception:
                logger.exception("looking for runs without a worker failed")

    def drain(self) -> None:
        """Gives the running runs back; their tasks are queued again for other workers."""
        asyncio.run_coroutine_threadsafe(self.runtime.drain(hand_over=True), self.loop).result(30)


@lru_cache(maxsize=1)
def worker() -> Worker:
    """The worker of this process, started at the first call."""
    return Worker()
