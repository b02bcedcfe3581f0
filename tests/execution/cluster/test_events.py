"""Events on their way from a worker to viewers of other processes."""

import asyncio

import pytest
from channels.layers import get_channel_layer

from execution import storage
from execution.cluster.broadcast import NEWS_GROUP, stream_key
from execution.logic.events import Aborted, Finished, Reply
from execution.logic.stretches import Entry, Stretch, encode_entries
from execution.models import Run, RunEnd
from execution.run_log import Follower
from execution.services.claims import run_claim
from execution.services.runs import run_end
from plandex_server.threads import in_thread
from plans.services.plans import plan_delete
from tests.execution.cluster.stage import ClusterStage, on_cluster

pytestmark = pytest.mark.cluster


async def _opened(stage: ClusterStage) -> Run:
    """A run that the first worker has and does nothing with."""
    run = await stage.run_made()
    claimed = await in_thread(run_claim, run.id, stage.team.runtime.owner)
    assert claimed is not None
    stage.team.runtime.log.open(run.id)
    return claimed


def _say(stage: ClusterStage, run: Run, *texts: str) -> None:
    for text in texts:
        stage.team.runtime.log.append(run.id, Reply(text))


def _texts(entries: list[Entry]) -> str:
    return "".join(entry.text for entry in entries if isinstance(entry, Reply))


async def _heard(follower: Follower, count: int) -> str:
    """The next so many events, as text; exactly those."""
    entries: list[Entry] = []
    async with asyncio.timeout(8):
        while len(entries) < count:
            await follower.wait(8)
            entries += follower.take()
    assert len(entries) == count
    return _texts(entries)


async def _flushed(stage: ClusterStage) -> None:
    await stage.team.runtime.log.flush()


@on_cluster
async def test_they_come_in_order(stage: ClusterStage) -> None:
    run = await _opened(stage)
    follower = await stage.logs.follow(run.id)
    for number in range(50):
        _say(stage, run, f"{number},")
        if number % 7 == 0:
            await asyncio.sleep(0.01)
    assert await _heard(follower, 50) == "".join(f"{number}," for number in range(50))
    assert follower.position == 50


@on_cluster
async def test_viewers_who_come_at_the_same_moment_hear_all(stage: ClusterStage) -> None:
    run = await _opened(stage)
    _say(stage, run, "a", "b")
    await _flushed(stage)
    followers = await asyncio.gather(*(stage.logs.follow(run.id) for _ in range(5)))
    _say(stage, run, "c")
    assert [await _heard(follower, 3) for follower in followers] == ["abc"] * 5


@on_cluster
async def test_a_late_viewer_goes_on_where_it_was(stage: ClusterStage) -> None:
    run = await _opened(stage)
    _say(stage, run, "a", "b", "c")
    await _flushed(stage)
    follower = await stage.logs.follow(run.id, after=2)
    _say(stage, run, "d")
    assert await _heard(follower, 2) == "cd"


@on_cluster
async def test_what_redis_lost_comes_from_the_database(stage: ClusterStage) -> None:
    run = await _opened(stage)
    _say(stage, run, "a", "b")
    await _flushed(stage)
    await asyncio.sleep(0.05)
    stage.redis.empty()
    _say(stage, run, "c")
    follower = await stage.logs.follow(run.id)
    assert await _heard(follower, 3) == "abc"


@on_cluster
async def test_redis_goes_and_comes_back(stage: ClusterStage) -> None:
    run = await _opened(stage)
    follower = await stage.logs.follow(run.id)
    _say(stage, run, "a")
    assert await _heard(follower, 1) == "a"
    stage.redis.stop()
    _say(stage, run, "b", "c")
    assert await _heard(follower, 2) == "bc"
    newcomer = await stage.logs.follow(run.id)
    assert await _heard(newcomer, 3) == "abc"
    stage.redis.start()
    _say(stage, run, "d")
    assert await _heard(follower, 1) == "d"
    assert await _heard(newcomer, 1) == "d"


@on_cluster
async def test_what_could_not_be_sent_is_sent_again(stage: ClusterStage) -> None:
    run = await _opened(stage)
    _say(stage, run, "a")
    stage.redis.stop()
    _say(stage, run, "b")
    await asyncio.sleep(0.05)
    stage.redis.start()
    for _ in range(500):
        if await asyncio.to_thread(_last_sent, stage, run) == b"2-0":
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it was not sent again")


def _last_sent(stage: ClusterStage, run: Run) -> bytes:
    with stage.redis.client() as redis:
        batches = redis.xrange(stream_key(run.id))
    return bytes(batches[-1][0]) if batches else b""


@on_cluster
async def test_nobody_need_be_woken(stage: ClusterStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("execution.cluster.broadcast.NEWS_GROUP", "nobody.listens")
    run = await _opened(stage)
    follower = await stage.logs.follow(run.id)
    _say(stage, run, "a")
    assert await _heard(follower, 1) == "a"


@on_cluster
async def test_messages_of_other_versions_are_no_end(stage: ClusterStage) -> None:
    run = await _opened(stage)
    follower = await stage.logs.follow(run.id)
    _say(stage, run, "a")
    assert await _heard(follower, 1) == "a"
    without_ages = (run.id, 2, encode_entries([Reply("b")]))
    await get_channel_layer().group_send(NEWS_GROUP, {"type": "runs.events"})
    for news in ([], [(run.id,)], [without_ages]):
        message = {"type": "runs.events", "owner": "w", "news": news}
        await get_channel_layer().group_send(NEWS_GROUP, message)
    assert await _heard(follower, 1) == "b"


@on_cluster
async def test_an_end_that_only_the_database_knows_is_found(stage: ClusterStage) -> None:
    run = await _opened(stage)
    follower = await stage.logs.follow(run.id)
    last = Stretch(run.id, 1, [Finished()], reply_id="", raw="")
    await in_thread(run_end, run, RunEnd.FINISHED, last=last)
    async with asyncio.timeout(8):
        await follower.wait(8)
    assert follower.take() == [Finished()]
    stage.team.runtime.log.forget(run.id)


@on_cluster
async def test_a_run_that_is_deleted_ends_for_its_viewers(stage: ClusterStage) -> None:
    """No worker has it yet, so none could say so."""
    run = await stage.run_made()
    follower = await stage.logs.follow(run.id)
    await in_thread(lambda: plan_delete(plan=stage.plan))
    async with asyncio.timeout(8):
        while not (entries := follower.take()):
            await follower.wait(8)
    assert entries == [Aborted()]


@on_cluster
async def test_numbers_that_come_twice_are_heard_once(stage: ClusterStage) -> None:
    run = await _opened(stage)
    follower = await stage.logs.follow(run.id)
    _say(stage, run, "a", "b")
    assert await _heard(follower, 2) == "ab"
    other = stage.worker()
    other.runtime.log.open(run.id, [Reply("a"), Reply("b")])
    other.runtime.log.append(run.id, Reply("c"))
    assert await _heard(follower, 1) == "c"
    _say(stage, run, "late")  # from a worker that lost the run
    await asyncio.sleep(0.1)
    assert follower.take() == []
    other.runtime.log.forget(run.id)


@on_cluster
async def test_a_worker_that_lost_a_run_writes_nothing_of_it(stage: ClusterStage) -> None:
    run = await _opened(stage)
    _say(stage, run, "a")
    await _flushed(stage)
    await in_thread(lambda: Run.objects.filter(pk=run.pk).update(owner="another"))
    _say(stage, run, "late")
    await _flushed(stage)
    assert await stage.entries(run.id) == [Reply("a")]
    assert not await in_thread(run_end, run, RunEnd.FINISHED)


@on_cluster
async def test_the_first_to_write_a_number_counts(stage: ClusterStage) -> None:
    run = await stage.run_made()
    first = Stretch(run.id, 1, [Reply("a"), Reply("b")], reply_id="", raw="")
    second = Stretch(run.id, 2, [Reply("x"), Reply("c")], reply_id="", raw="")
    await in_thread(storage.stretches_write, [first])
    await in_thread(storage.stretches_write, [second])
    assert _texts(await stage.entries(run.id)) == "abc"


@on_cluster
async def test_a_worker_knows_who_watches(stage: ClusterStage) -> None:
    run = await _opened(stage)
    log = stage.team.runtime.log
    assert not await log.is_followed(run.id)
    follower = await stage.logs.follow(run.id)
    assert await log.is_followed(run.id)
    stage.redis.stop()
    assert not await log.is_followed(run.id)
    follower.close()
