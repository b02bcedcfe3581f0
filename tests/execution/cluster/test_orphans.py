"""Runs of workers that died, where no other worker is."""

import asyncio
from collections.abc import Sequence

import pytest
from redis.exceptions import RedisError

from execution import storage
from execution.cluster.heartbeat import sign_leave, sign_remove
from execution.cluster.orphans import NO_WORKER
from execution.logic.events import Aborted, Describing, Error, Reply
from execution.logic.stretches import Entry, Stretch
from execution.models import Run, RunEnd
from execution.services.claims import run_heartbeat
from execution.services.runs import run_end
from plandex_server.threads import in_thread
from tests.execution.cluster.stage import ClusterStage
from tests.execution.runs.stage import on_stage

pytestmark = pytest.mark.cluster

DEAD = "a worker that died"
REPLY_ID = "00000000-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was silent between two looks is dead; the others are told at the third."""
    for name in ("SILENT_S", "LOOK_EVERY_S", "HOPELESS_S", "ALONE_S"):
        monkeypatch.setattr(f"execution.cluster.orphans.{name}", 0.001)


async def _orphan(stage: ClusterStage) -> Run:
    run = await stage.run_made(owner=DEAD, attempt=1)
    said = Stretch(run.id, 1, [Reply("Half")], reply_id=REPLY_ID, raw="Half", restarted=True)
    await in_thread(storage.stretches_write, [said])
    return run


async def _look(stage: ClusterStage, run: Run, times: int) -> None:
    for _ in range(times):
        await stage.orphans.look([run.id])
        await asyncio.sleep(0.002)


async def _replies(stage: ClusterStage) -> Sequence[tuple[str, bool]]:
    return [(one.message, one.stopped) for one in (await stage.turn()).messages[1:]]


@on_stage
async def test_a_stop_ends_it(stage: ClusterStage) -> None:
    run = await _orphan(stage)
    await stage.stop()
    assert (await stage.ended(run.id)).end == "aborted"
    assert await stage.entries(run.id) == [Reply("Half"), Describing(), Aborted()]
    assert await stage.status() == ("stopped", "")
    assert await _replies(stage) == [("Half", True)]


@on_stage
async def test_a_worker_that_lives_ends_its_run_itself(
    stage: ClusterStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await _orphan(stage)
    await _look(stage, run, 2)
    monkeypatch.setattr("execution.cluster.orphans.SILENT_S", 3600.0)
    await in_thread(run_heartbeat, [run.id], DEAD)  # it was only paused
    stopping = asyncio.create_task(stage.orphans.stop(run.id))
    await asyncio.wait({stopping}, timeout=0.1)
    assert (await stage.row(run.id)).owner == DEAD
    assert await in_thread(run_end, run, RunEnd.ABORTED)
    async with asyncio.timeout(8):
        await stopping


@on_stage
async def test_its_viewers_are_told(stage: ClusterStage) -> None:
    run = await _orphan(stage)
    follower = await stage.logs.follow(run.id)
    seen: list[Entry] = []
    async with asyncio.timeout(8):
        while len(seen) < 2:
            await follower.wait(8)
            seen += follower.take()
    follower.close()
    assert seen == [Reply("Half"), Error(NO_WORKER)]
    assert await stage.status() == ("error", NO_WORKER)
    assert await _replies(stage) == [("Half", True)]
    assert (await stage.row(run.id)).sealed_credentials is None


@on_stage
async def test_one_that_waits_for_room_goes_on_waiting(stage: ClusterStage) -> None:
    run = await stage.run_made()
    await sign_leave(stage.client(), "a full worker", runs=9, room=9)
    await _look(stage, run, 5)
    assert (await stage.row(run.id)).finished_at is None
    await sign_remove(stage.client(), "a full worker")
    await _look(stage, run, 3)
    assert (await stage.row(run.id)).error == NO_WORKER


@on_stage
async def test_without_redis_nobody_knows(stage: ClusterStage) -> None:
    run = await _orphan(stage)
    await _look(stage, run, 2)
    stage.redis.stop()
    for _ in range(5):
        with pytest.raises(RedisError):
            await _look(stage, run, 1)
    assert (await stage.row(run.id)).finished_at is None
