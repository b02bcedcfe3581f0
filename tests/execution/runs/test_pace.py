"""Steps that cost much wait while many runs are under way."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from execution.pace import FEW, Pace
from tests.execution.runs.stage import Stage, on_stage

MANY = FEW + 1


@pytest.fixture
def _late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop is never in time."""
    monkeypatch.setattr("execution.pace.BEHIND_S", -1.0)


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("execution.pace.LOOK_S", 0.0001)
    monkeypatch.setattr("execution.pace.SLOWEST_S", 0.0001)


@pytest.fixture
def _held(monkeypatch: pytest.MonkeyPatch, _late: None) -> Iterator[None]:
    """Nobody's turn ever comes."""
    monkeypatch.setattr("execution.pace.SLOWEST_S", float("inf"))
    yield


Step = Callable[..., Coroutine[Any, Any, None]]


def _steps(pace: Pace, taken: list[str]) -> Step:
    async def step(name: str, *, ends: bool = False) -> None:
        await pace.turn(MANY, ends=ends)
        taken.append(name)

    return step


def test_few_runs_never_wait(_held: None) -> None:
    async def play() -> None:
        await Pace().turn(FEW)

    asyncio.run(play())


@pytest.mark.parametrize("is_late", [False, True])
def test_every_step_is_taken_ends_first(
    request: pytest.FixtureRequest, _quick: None, is_late: bool
) -> None:
    if is_late:
        request.getfixturevalue("_late")
    taken: list[str] = []

    async def play() -> None:
        step = _steps(Pace(), taken)
        async with asyncio.TaskGroup() as group:
            for name in ("begin 1", "begin 2"):
                group.create_task(step(name))
            for name in ("end 1", "end 2"):
                group.create_task(step(name, ends=True))

    asyncio.run(play())
    assert taken == ["end 1", "end 2", "begin 1", "begin 2"]


def test_the_turn_of_one_who_left_is_the_next_ones(_quick: None) -> None:
    taken: list[str] = []

    async def play() -> None:
        step = _steps(Pace(), taken)
        tasks = [asyncio.create_task(step(name)) for name in "abc"]
        await asyncio.sleep(0)
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(play())
    assert taken == ["b", "c"]


def test_slow_writes_are_lateness(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the processes behind this one; quick ones are none."""
    monkeypatch.setattr("execution.pace.LOOK_S", 0.0001)
    monkeypatch.setattr("execution.pace.SLOWEST_S", float("inf"))
    monkeypatch.setattr("execution.pace.BEHIND_S", 0.5)

    async def play() -> None:
        pace = Pace()
        for _ in range(20):
            pace.written(1.0)
        waiting = asyncio.create_task(pace.turn(MANY))
        await asyncio.sleep(0.02)
        assert not waiting.done()
        for _ in range(20):
            pace.written(0.001)
        await asyncio.wait_for(waiting, 5)

    asyncio.run(play())


def test_it_looks_again_when_new_ones_come(_quick: None) -> None:
    taken: list[str] = []

    async def play() -> None:
        step = _steps(Pace(), taken)
        await step("a")
        await asyncio.sleep(0.001)
        await step("b")

    asyncio.run(play())
    assert taken == ["a", "b"]


@on_stage
async def test_a_run_that_waits_can_be_stopped(stage: Stage, _held: None) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("execution.pace.FEW", 0)
        viewer = await stage.tell()
        await stage.stop()
    assert (await viewer.end()).frames[-1] == {"type": "aborted"}
    assert await stage.status() == ("stopped", "")
    assert stage.models.cancelled == []
