"""Threads that make calls for event loops."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from plandex_server.kept_threads import KeptThreads

PATIENCE_S = 10


@pytest.fixture
def two() -> Iterator[KeptThreads]:
    threads = KeptThreads(2, "two")
    yield threads
    threads.close()


def test_results_and_errors_reach_the_loop(two: KeptThreads) -> None:
    def fail() -> None:
        raise LookupError("not here")

    async def play() -> str:
        with pytest.raises(LookupError, match="not here"):
            await two.call(fail)
        return await two.call(lambda: threading.current_thread().name)

    assert asyncio.run(play()).startswith("two_")


def test_no_more_threads_than_said_and_each_is_used(two: KeptThreads) -> None:
    both = threading.Barrier(2, timeout=PATIENCE_S)

    def meet() -> str:
        both.wait()
        return threading.current_thread().name

    async def play() -> list[str]:
        names = await asyncio.gather(*(two.call(meet) for _ in range(2)))
        many = [two.call(lambda: threading.current_thread().name) for _ in range(20)]
        return names + list(await asyncio.gather(*many))

    assert set(asyncio.run(play())) == {"two_0", "two_1"}


def test_a_call_that_is_not_waited_for_is_not_begun() -> None:
    one = KeptThreads(1, "one")
    begun, go_on = threading.Event(), threading.Event()
    made = []

    def hold() -> str:
        begun.set()
        assert go_on.wait(PATIENCE_S)
        made.append("held")
        return "held"

    async def play() -> None:
        held, waiting = one.call(hold), one.call(lambda: made.append("never"))
        await asyncio.to_thread(begun.wait, PATIENCE_S)
        waiting.cancel()
        held.cancel()
        go_on.set()
        await one.call(lambda: made.append("last"))

    asyncio.run(play())
    one.close()
    assert made == ["held", "last"]


def test_closing_waits_for_what_is_to_be_made() -> None:
    one = KeptThreads(1, "one")
    made = []
    go_on = threading.Event()

    async def play() -> None:
        one.call(lambda: go_on.wait(PATIENCE_S))
        one.call(lambda: made.append("made"))

    asyncio.run(play())
    go_on.set()
    one.close()
    assert made == ["made"]


def test_a_loop_that_is_gone_harms_no_thread(two: KeptThreads) -> None:
    go_on = threading.Event()

    async def leave() -> None:
        two.call(lambda: go_on.wait(PATIENCE_S))

    async def come_back() -> int:
        return await two.call(lambda: 1)

    asyncio.run(leave())
    go_on.set()
    assert asyncio.run(come_back()) == 1
