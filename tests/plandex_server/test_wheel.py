"""Calls come in time, and those close together in one turn."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from plandex_server.wheel import STEP_S, Wheel


def _play(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(scene, 10))


def test_it_works() -> None:
    async def scene() -> None:
        called: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        at = asyncio.get_running_loop().time() + 0.02
        Wheel().at(at, called.set_result)
        assert await called >= at - STEP_S - 0.002  # the loop's own timers are as exact as that

    _play(scene())


def test_what_is_due_together_happens_together() -> None:
    async def scene() -> None:
        wheel, times = Wheel(), list[float]()
        last: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        step = int(asyncio.get_running_loop().time() / STEP_S) + 5
        wheel.at((step + 0.1) * STEP_S, times.append)
        wheel.at((step + 0.9) * STEP_S, times.append)
        wheel.at((step + 9.5) * STEP_S, last.set_result)
        await last
        assert len(times) == 2
        assert times[0] == times[1] < last.result()

    _play(scene())


def test_what_is_late_already_happens_next() -> None:
    async def scene() -> None:
        called: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        Wheel().at(asyncio.get_running_loop().time() - 60, called.set_result)
        await called

    _play(scene())


def test_a_call_may_ask_for_another_one() -> None:
    async def scene() -> None:
        wheel = Wheel()
        called: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        now = asyncio.get_running_loop().time()
        wheel.at(now, lambda _: wheel.at(now, called.set_result))
        await called

    _play(scene())
