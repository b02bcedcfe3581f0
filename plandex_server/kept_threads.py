"""Threads that stay and make calls for event loops."""

import asyncio
import atexit
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


class _Call(NamedTuple):
    make: Callable[[], Any]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"


class KeptThreads:
    """Up to `most` threads, begun one by one with the first calls.

    Does what `loop.run_in_executor` does, where each call makes two futures with a lock and a chain
    of callbacks between them, which takes longer than most questions to the database.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most, self._name = most, name
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()
        atexit.register(self.close)

    def call(self, make: Callable[[], T]) -> "asyncio.Future[T]":
        """The result to be of a call, which a thread makes. A future that is cancelled before that
        is not called for; a call that has begun is made to its end."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._calls.put(_Call(make, loop, future))
        if len(self._threads) < self._most:
            self._start_one()
        return future

    def close(self) -> None:
        """Ends the threads when they have made all calls."""
        atexit.unregister(self.close)
        with self._starting:
            threads, self._threads = self._threads, []
        for _ in threads:
            self._calls.put(None)
        for thread in threads:
            thread.join()

    def _start_one(self) -> None:
        with self._starting:
            number = len(self._threads)
            if number >= self._most:
                return
            # Not joined before `atexit`, which could then no longer tell them to end.
            thread = threading.Thread(target=self._work, name=f"{self._name}_{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            if not call.future.cancelled():
                _make(call)
            del call  # it may hold much, and the next one may be long in coming


def _make(call: _Call) -> None:
    result, error = None, None
    try:
        result = call.make()
    except BaseException as raised:
        error = raised
    try:
        call.loop.call_soon_threadsafe(_settle, call.future, result, error)
    except RuntimeError:  # the loop is closed: nobody waits any more
        pass


def _settle(future: "asyncio.Future[Any]", result: Any, error: BaseException | None) -> None:
    if future.done():  # cancelled meanwhile
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
