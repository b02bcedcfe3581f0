"""The runs of this process: one event loop carries them all.

In the embedded server it is the web server's own loop, in a worker a loop of its own thread.
"""

import asyncio
import logging
import os
import socket
import uuid
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from execution.clients.base import ModelClient
from execution.clients.router import ModelRouter
from execution.event_log import EventLog
from execution.logic.events import Aborted
from execution.logic.stretches import Entry
from execution.pace import Pace
from execution.services.claims import Signs, run_heartbeat
from plandex_server.observe.logs import without_text
from plandex_server.threads import in_thread_first

logger = logging.getLogger(__name__)

HEARTBEAT_S = 2.0
LEASE_S = 8.0
"""A process that gave no sign for so long shows nothing of its runs until it knows that they are
still its own; a second later others may take them."""
DRAIN_S = 8.0
"""How long a shutdown waits for the runs to store what they have."""
LEAVE_S = 1.5
"""How long the viewers get for their last frames: they go a second after the end at most."""
CANCEL_S = 1.0
"""How long it waits for what it cancelled, so that connections are closed by those who use them."""

Execute = Callable[["Runtime", str], Coroutine[Any, Any, None]]


class Runtime:
    """What the runs of a process share. Use it on its loop, but for `wake` and `stop`."""

    def __init__(
        self,
        execute: Execute,
        *,
        models: ModelClient | None = None,
        log: EventLog | None = None,
        owner: str = "",
        pace: Pace | None = None,
    ) -> None:
        self.owner = owner or owner_make()
        self.log = log or EventLog()
        self._pace = pace or Pace()
        self.models: ModelClient = models or ModelRouter()
        self._execute = execute
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._taken: set[str] = set()
        self._news: dict[str, asyncio.Event] = {}
        self._heart: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[None]] = set()
        self._lost: set[str] = set()
        self.stopping = False
        self.handing_over = False

    def start(self, run_id: str, earlier: Sequence[Entry] = ()) -> "asyncio.Task[None]":
        """Executes a run in a task that this process keeps until it ends.

        `earlier` are the events of a run that another process began.
        """
        self._loop = asyncio.get_running_loop()
        self.log.open(run_id, earlier)
        self._news[run_id] = asyncio.Event()
        task = self._loop.create_task(self._execute(self, run_id), name=f"run {run_id}")
        self._tasks[run_id] = task
        task.add_done_callback(lambda done: self._forget(run_id, done))
        self._live()
        return task

    @contextmanager
    def taking(self, run_id: str) -> Iterator[None]:
        """Gives signs of life for a run that was claimed and is about to be started: to resume many
        at once takes a while, and others would take them for lost."""
        self._taken.add(run_id)
        self._live()
        try:
            yield
        finally:
            self._taken.discard(run_id)

    def _live(self) -> None:
        if self._heart is None or self._heart.done():
            loop = asyncio.get_running_loop()
            self._heart = loop.create_task(self._beat(), name="heartbeat of runs")

    def has(self, run_id: str) -> bool:
        return run_id in self._tasks

    def has_lost(self, run_id: str) -> bool:
        """Whether another process took the run, or it is gone."""
        return run_id in self._lost

    @property
    def size(self) -> int:
        """The number of runs that are executed."""
        return len(self._tasks)

    @property
    def run_ids(self) -> list[str]:
        return list(self._tasks)

    async def turn(self, *, ends: bool = False) -> None:
        """Waits until a run may take a step that shows nothing."""
        await self._pace.turn(self.size, ends=ends)

    async def news(self, run_id: str, seconds: float) -> None:
        """Waits until somebody may have answered the run, or so many seconds."""
        event = self._news[run_id]
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            pass
        event.clear()

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Work that outlives its run, such as a summary; it is dropped when the server stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def wake(self, run_id: str) -> None:
        """Lets a waiting run look for its answer; from any thread."""
        self._call(lambda: self._news[run_id].set() if run_id in self._news else None)

    def stop(self, run_id: str) -> None:
        """Cancels a run of this process; from any thread."""
        self._call(lambda: self._cancel(run_id))

    async def ended(self, run_id: str, seconds: float) -> bool:
        """Waits for a run of this process to end."""
        task = self._tasks.get(run_id)
        if task is None:
            return True
        done, _ = await asyncio.wait({task}, timeout=seconds)
        return bool(done)

    async def drain(self, *, hand_over: bool = False) -> None:
        """Ends all runs of the process with what they have, or gives them back for others."""
        self.stopping, self.handing_over = True, hand_over
        tasks = list(self._tasks.values())
        for run_id in list(self._tasks):
            self._cancel(run_id)
        if tasks:
            await asyncio.wait(tasks, timeout=DRAIN_S)
            await self.log.left(LEAVE_S)
        others = {*self._background, *([self._heart] if self._heart else [])}
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others, timeout=CANCEL_S)
        await self.models.close()

    def _call(self, action: Callable[[], object]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action)

    def _cancel(self, run_id: str) -> None:
        task = self._tasks.get(run_id)
        if task is not None:
            task.cancel()

    def _forget(self, run_id: str, task: asyncio.Task[None]) -> None:
        self._tasks.pop(run_id, None)
        self._news.pop(run_id, None)
        self._lost.discard(run_id)
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            logger.error("run %s: its task failed", run_id, exc_info=without_text(failure))

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        lease = loop.call_later(LEASE_S, self.log.hold)
        try:
            while self._tasks or self._taken:
                began, ours = loop.time(), [*self._tasks, *self._taken]
                try:
                    signs = await in_thread_first(run_heartbeat, ours, self.owner)
                except Exception as failure:
                    logger.error(
                        "heartbeat of runs failed, it will be tried again",
                        exc_info=without_text(failure),
                    )
                else:
                    self._heed(signs)
                    lease.cancel()
                    lease = loop.call_at(began + LEASE_S, self.log.hold)
                    self.log.go_on()
                await asyncio.sleep(HEARTBEAT_S)
        finally:
            lease.cancel()

    def _heed(self, signs: Signs) -> None:
        for run_id in signs.lost & self._tasks.keys():
            if run_id in signs.gone:
                logger.info("run %s: its plan or its branch was deleted", run_id)
                self.log.end(run_id, Aborted())
            else:
                logger.warning("run %s: another process has taken it", run_id)
            self._lost.add(run_id)
            self._cancel(run_id)
        for run_id in signs.stop:
            self._cancel(run_id)


def owner_make() -> str:
    """A name for this process that no other one has or had."""
    return f"{socket.gethostname()[:20]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
