"""The pool: one thread per worker process feeds it, watches it and replaces it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import os
import pickle
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from .jobs import CLOSED, Chunk, Failure, FairQueue, Job
from .process import WorkerConfig, WorkerDied, WorkerProcess

logger = logging.getLogger(__name__)

OnFailure = Callable[[Any, str], Any]

# Long enough to stay warm between the requests of one client, short enough to give the
# memory back when nobody works.
IDLE_SECONDS = 300.0
ITEMS_PER_WORKER = 5_000
GROWTH_MB = 300


class PoolClosed(RuntimeError):
    """The pool was closed and takes no more work."""


class SupervisedPool:
    """Runs `target(item)` in worker processes that are limited, watched and replaceable.

    Nothing starts before the first `run`. Any number of threads may call `run` at once;
    free workers go to the callers in turn.
    """

    def __init__(
        self,
        target: str,
        *,
        workers: int | None = None,
        item_timeout: float = 2.0,
        kill_after: float = 5.0,
        memory_mb: int = 1024,
        growth_mb: int = GROWTH_MB,
        items_per_worker: int = ITEMS_PER_WORKER,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self.size = workers or default_workers()
        self._config = WorkerConfig(target, item_timeout, kill_after, memory_mb, growth_mb)
        self._items_per_worker = items_per_worker
        self._idle_seconds = idle_seconds
        self._reset()

    def run(self, items: Sequence[Any], *, on_failure: OnFailure, timeout: float) -> list[Any]:
        """Results in the order of the items; blocks.

        An item that crashes, hangs or outgrows its worker, and every item that is not done
        after `timeout` seconds, yields `on_failure(item, reason)` instead.
        """
        if not items:
            return []
        job = self._submit(items)
        try:
            concurrent.futures.wait([job.finished], timeout)
        finally:
            self._queue.withdraw(job)
        return _results(job, on_failure)

    async def arun(
        self,
        items: Sequence[Any],
        *,
        on_failure: OnFailure,
        timeout: float,  # noqa: ASYNC109 - late items have results too, a cancelled call has none
    ) -> list[Any]:
        """`run` for async callers; a cancelled caller's items are dropped from the queue."""
        if not items:
            return []
        job = self._submit(items)
        try:
            await asyncio.wait([asyncio.wrap_future(job.finished)], timeout=timeout)
        finally:
            self._queue.withdraw(job)
        return _results(job, on_failure)

    def close(self) -> None:
        """End all workers; callers that still wait get failures."""
        with self._lock:
            self._closed = True
            threads, workers = list(self._threads), list(self._workers)
        self._queue.close()
        for worker in workers:
            worker.stop()
        for thread in threads:
            thread.join(timeout=self._config.kill_after)

    def worker_pids(self) -> list[int]:
        """Process ids of the running workers."""
        with self._lock:
            return [worker.pid for worker in self._workers]

    def _reset(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._queue = FairQueue(self.size)
        self._threads: set[threading.Thread] = set()
        self._workers: set[WorkerProcess] = set()
        self._closed = False

    def _submit(self, items: Sequence[Any]) -> Job:
        if self._pid != os.getpid():
            # A forked child has the queue but none of the threads that empty it.
            self._reset()
        with self._lock:
            if self._closed:
                raise PoolClosed(CLOSED)
            job = self._queue.add(items)
            wanted = max(0, len(items) - self._queue.waiting_workers)
            for _ in range(min(self.size - len(self._threads), wanted)):
                thread = threading.Thread(target=self._supervise, name="pool", daemon=True)
                self._threads.add(thread)
                thread.start()
        return job

    def _supervise(self) -> None:
        worker: WorkerProcess | None = None
        while True:
            chunk = self._queue.take(self._idle_seconds)
            if chunk is not None:
                worker = self._work(chunk, worker)
                continue
            with self._lock:
                # Under the lock of `_submit`: no job can slip in unseen by any thread.
                if self._closed or self._queue.is_empty():
                    self._threads.discard(threading.current_thread())
                    break
        if worker is not None:
            self._retire(worker)

    def _work(self, chunk: Chunk, worker: WorkerProcess | None) -> WorkerProcess | None:
        """Have one chunk done; returns the worker to go on with, None to start afresh."""
        try:
            worker = worker or self._start()
        except (WorkerDied, OSError) as error:
            logger.error("worker for %s does not start: %s", self._config.target, error)
            self._fail(chunk, chunk.indexes, f"worker does not start: {error}")
            self._queue.release(chunk, [], 0.0)
            return None
        done, longest, worn_out = self._feed(chunk, worker)
        self._queue.release(chunk, chunk.indexes[done:], longest)
        worker.items_done += done
        if worn_out or worker.items_done >= self._items_per_worker:
            self._retire(worker)
            return None
        return worker

    def _feed(self, chunk: Chunk, worker: WorkerProcess) -> tuple[int, float, bool]:
        """Send a chunk and record the answers.

        Returns how many items are settled, the longest time of one, and whether the worker
        is dead or used up. The worker may stop early to let other callers have their turn.
        """
        done, longest = 0, 0.0
        began = time.monotonic()
        try:
            worker.send(chunk.payloads)
            while True:
                status, value = worker.receive()
                now = time.monotonic()
                longest, began = max(longest, now - began), now
                if status == "done":
                    return done, longest, bool(value)
                self._record(chunk.job, chunk.indexes[done], status, value)
                done += 1
        except WorkerDied as error:
            reason = CLOSED if self._closed else str(error)
            longest = max(longest, time.monotonic() - began)
            if done < len(chunk.indexes):
                self._fail(chunk, chunk.indexes[done : done + 1], reason)
                done += 1
            return done, longest, True

    def _record(self, job: Job, index: int, status: str, value: Any) -> None:
        result = pickle.loads(value) if status == "ok" else Failure(value)
        self._queue.settle(job, index, result)

    def _fail(self, chunk: Chunk, indexes: list[int], reason: str) -> None:
        for index in indexes:
            self._queue.settle(chunk.job, index, Failure(reason))

    def _start(self) -> WorkerProcess:
        worker = WorkerProcess(self._config)
        with self._lock:
            self._workers.add(worker)
            closed = self._closed
        if closed:
            self._retire(worker)
            raise WorkerDied(CLOSED)
        return worker

    def _retire(self, worker: WorkerProcess) -> None:
        with self._lock:
            self._workers.discard(worker)
        worker.kill()


def default_workers() -> int:
    """Two at least, so that one slow item never holds up everything else."""
    counted = hasattr(os, "sched_getaffinity")
    processors = len(os.sched_getaffinity(0)) if counted else os.cpu_count() or 1
    return max(2, processors * 3 // 4)


def _results(job: Job, on_failure: OnFailure) -> list[Any]:
    return [
        on_failure(item, result.reason) if isinstance(result, Failure) else result
        for item, result in zip(job.items, job.results, strict=True)
    ]
