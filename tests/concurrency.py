"""Several at once: each job in a thread of its own, with its own connection to the database."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

T = TypeVar("T")
PATIENCE_S = 10.0


def together(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """Runs jobs that begin at the same moment; their results in order. What one raises is raised
    once all have ended."""
    barrier = Barrier(len(jobs), timeout=PATIENCE_S)

    def run(job: Callable[[], T]) -> T:
        try:
            barrier.wait()
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))
