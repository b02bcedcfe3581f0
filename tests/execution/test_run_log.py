"""How one reader of a log waits: for news, or for all but text, which flows meanwhile."""

import asyncio
import math
from collections.abc import Coroutine
from typing import Any

import pytest

from execution.logic.events import Describing, Reply
from execution.logic.stretches import Entry
from execution.run_log import Follower, RunLog
from plandex_server.wheel import Wheel

SOON_S = 0.01
LATER_S = 60.0


class Scene:
    """A log, its reader, and what the reader was shown."""

    def __init__(self) -> None:
        self.log = RunLog()
        self.wheel = Wheel()
        self.follower = Follower(self.log, 0, self.wheel)
        self.log.followers.add(self.follower)
        self.shown: list[str] = []
        self.next_shown = asyncio.Event()

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def say(self, *entries: Entry, ago: float = 0.0) -> None:
        for entry in entries:
            self.log.entries.append(entry)
            self.follower.wake(with_text=isinstance(entry, Reply), at=self.now - ago)

    def show(self, text: str, now: float) -> float:
        self.shown.append(text)
        self.next_shown.set()
        return math.inf

    async def flowing(self, *, bundles_until: float = math.inf) -> "asyncio.Task[None]":
        flow = self.follower.flow(LATER_S, self.show, bundles_until=bundles_until)
        task = asyncio.create_task(flow)
        await asyncio.sleep(0)
        return task

    async def until_shown(self) -> None:
        self.next_shown.clear()
        await self.next_shown.wait()


def _play(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(scene, 10))


def test_it_works() -> None:
    async def play() -> None:
        scene = Scene()
        flow = await scene.flowing()
        scene.say(Reply("a"), Reply("b"))
        assert scene.shown == []
        await scene.until_shown()
        assert scene.shown == ["ab"]
        assert not flow.done()
        scene.say(Reply("c"))
        await scene.until_shown()
        assert scene.shown == ["ab", "c"]
        assert scene.follower.position == 3
        flow.cancel()

    _play(play())


def test_text_waits_for_company_from_when_it_came() -> None:
    async def play() -> None:
        scene = Scene()
        await scene.flowing()
        came = scene.now - 0.03
        scene.say(Reply("a"), ago=0.03)
        scene.say(Reply("b"))
        await scene.until_shown()
        assert scene.shown == ["ab"]
        assert scene.now - came > 0.04

    _play(play())


def test_text_after_a_pause_is_shown_at_once() -> None:
    async def play() -> None:
        scene = Scene()
        await scene.flowing(bundles_until=scene.now - 1)
        scene.say(Reply("a"))
        for _ in range(3):  # turns of the loop, of which uvloop and Python's need another number
            await asyncio.sleep(0)
        assert scene.shown == ["a"]

    _play(play())


def test_text_after_a_pause_takes_along_what_waits() -> None:
    async def play() -> None:
        scene = Scene()
        await scene.flowing(bundles_until=scene.now - 0.005)
        scene.say(Reply("a"), ago=0.01)
        scene.say(Reply("b"))
        for _ in range(3):
            await asyncio.sleep(0)
        assert scene.shown == ["ab"]

    _play(play())


def test_all_else_wakes_the_reader_who_finds_it_in_order() -> None:
    async def play() -> None:
        scene = Scene()
        flow = await scene.flowing()
        scene.say(Reply("a"), Describing(), Reply("b"))
        await flow
        assert scene.follower.take() == [Reply("a"), Describing(), Reply("b")]
        assert scene.shown == []

    _play(play())


def test_what_was_taken_is_not_shown_again() -> None:
    async def play() -> None:
        scene = Scene()
        flow = await scene.flowing()
        scene.say(Reply("a"), Describing())
        await flow
        assert scene.follower.take() == [Reply("a"), Describing()]
        again = await scene.flowing()
        scene.say(Reply("b"))
        came = scene.now
        await scene.until_shown()
        assert scene.shown == ["b"]
        assert scene.now - came > 0.04  # not when the first text would have been due
        again.cancel()

    _play(play())


def test_what_came_before_it_flows_ends_the_wait() -> None:
    async def play() -> None:
        scene = Scene()
        scene.say(Reply("a"))
        await scene.follower.flow(LATER_S, scene.show, bundles_until=math.inf)
        assert scene.follower.take() == [Reply("a")]

    _play(play())


def test_it_ends_after_its_time() -> None:
    async def play() -> None:
        scene = Scene()
        await scene.follower.flow(SOON_S, scene.show, bundles_until=math.inf)
        assert not await scene.follower.wait(SOON_S)

    _play(play())


def test_a_reader_that_left_is_shown_nothing() -> None:
    async def play() -> None:
        scene = Scene()
        flow = await scene.flowing()
        scene.say(Reply("a"))
        flow.cancel()
        await asyncio.sleep(0.06)
        assert scene.shown == []
        assert scene.follower.take() == [Reply("a")]

    _play(play())


def test_what_fails_fails_its_reader_alone() -> None:
    async def play() -> None:
        scene = Scene()

        def fail(text: str, now: float) -> float:
            raise OSError("gone")

        other = Follower(scene.log, 0, scene.wheel)
        scene.log.followers.add(other)
        flow = asyncio.create_task(scene.follower.flow(LATER_S, fail, bundles_until=math.inf))
        others = asyncio.create_task(other.flow(LATER_S, scene.show, bundles_until=math.inf))
        await asyncio.sleep(0)
        scene.log.entries.append(Reply("a"))
        for follower in (scene.follower, other):
            follower.wake(with_text=True, at=scene.now)
        with pytest.raises(OSError, match="gone"):
            await flow
        assert scene.shown == ["a"]
        others.cancel()

    _play(play())
