"""The work of all callers, handed out in turns."""

from __future__ import annotations

import pickle
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

# A chunk this large hides the cost of sending it.
CHUNK_BYTES = 262_144
CHUNK_ITEMS = 32
# A caller with one item that took this long is not given the last free worker again.
SLOW_SECONDS = 0.5

TIME_OVER = "the time for the request was over"
CLOSED = "the pool was closed"


@dataclass(frozen=True, slots=True)
class Failure:
    """Stands for the result of an item that has none."""

    reason: str


@dataclass(slots=True)
class Job:
    """The items of one call; changed under the queue's lock only."""

    items: Sequence[Any]
    results: list[Any]
    pending: deque[int]
    open: set[int]
    slow: bool = False
    finished: Future[None] = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Items of one job that are sent to a worker together."""

    job: Job
    slow: bool
    indexes: list[int] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)


class FairQueue:
    """Round robin over jobs: each waiting caller gets the next free worker in turn.

    Jobs with slow items share all workers but one, so that the others never wait for them.
    """

    def __init__(self, workers: int) -> None:
        self._changed = threading.Condition()
        self._jobs: deque[Job] = deque()
        self._slow_limit = max(1, workers - 1)
        self._slow_running = 0
        self.waiting_workers = 0
        self.closed = False

    def add(self, items: Sequence[Any]) -> Job:
        """Queue the items of one call."""
        count = len(items)
        job = Job(items, [None] * count, deque(range(count)), set(range(count)))
        with self._changed:
            self._jobs.append(job)
            self._changed.notify(count)
        return job

    def is_empty(self) -> bool:
        """Tell whether no item waits."""
        with self._changed:
            return not self._jobs

    def take(self, idle_seconds: float) -> Chunk | None:
        """The next chunk; None after the idle time or when the queue is closed."""
        deadline = time.monotonic() + idle_seconds
        with self._changed:
            while not self.closed:
                job = self._next_job()
                if job is not None:
                    return self._chunk(job)
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                self.waiting_workers += 1
                self._changed.wait(left)
                self.waiting_workers -= 1
        return None

    def _next_job(self) -> Job | None:
        """Take the job whose turn it is out of the queue."""
        room = self._slow_running < self._slow_limit
        job = next((job for job in self._jobs if room or not job.slow), None)
        if job is not None:
            self._jobs.remove(job)
        return job

    def _chunk(self, job: Job) -> Chunk:
        chunk = Chunk(job, job.slow)
        self._slow_running += job.slow
        size = 0
        while job.pending and len(chunk.indexes) < CHUNK_ITEMS and size < CHUNK_BYTES:
            index = job.pending.popleft()
            try:
                payload = pickle.dumps(job.items[index], pickle.HIGHEST_PROTOCOL)
            except Exception as error:  # whatever an item's own code raises
                self._settle(job, index, Failure(f"cannot be sent: {error}"))
                continue
            chunk.indexes.append(index)
            chunk.payloads.append(payload)
            size += len(payload)
        if job.pending:
            self._jobs.append(job)
        return chunk

    def release(self, chunk: Chunk, unstarted: list[int], longest: float) -> None:
        """End a chunk: take back what its worker did not start, note how long items took."""
        job = chunk.job
        with self._changed:
            self._slow_running -= chunk.slow
            job.slow = job.slow or longest > SLOW_SECONDS
            left = [index for index in unstarted if index in job.open]
            if self.closed:
                self._fail(job, left, CLOSED)
            elif left:
                if not job.pending:
                    self._jobs.append(job)
                job.pending.extendleft(reversed(left))
            self._changed.notify_all()

    def settle(self, job: Job, index: int, result: Any) -> None:
        """Record one result, unless the caller has stopped waiting for it."""
        with self._changed:
            self._settle(job, index, result)

    def _settle(self, job: Job, index: int, result: Any) -> None:
        if index not in job.open:
            return
        job.open.discard(index)
        job.results[index] = result
        if not job.open and not job.finished.done():
            job.finished.set_result(None)

    def withdraw(self, job: Job) -> None:
        """End a job now: what is not done has failed."""
        with self._changed:
            job.pending.clear()
            if job in self._jobs:
                self._jobs.remove(job)
            self._fail(job, sorted(job.open), TIME_OVER)

    def close(self) -> None:
        """Hand out nothing more and fail what no worker has yet."""
        with self._changed:
            self.closed = True
            for job in self._jobs:
                self._fail(job, list(job.pending), CLOSED)
            self._jobs.clear()
            self._changed.notify_all()

    def _fail(self, job: Job, indexes: list[int], reason: str) -> None:
        for index in indexes:
            self._settle(job, index, Failure(reason))
