"""Runs whose worker died, leaves, or was silent for too long."""

import asyncio
import threading
from collections.abc import Sequence

import pytest
from django.db import OperationalError

from execution import storage
from execution.clients.fake import SILENCE, Gate
from execution.cluster.broadcast import RedisBroadcast
from execution.cluster.connection import redis_connect
from execution.cluster.worker import RESUMED_AT_ONCE
from execution.event_log import EventLog
from execution.logic.events import Aborted, Describing, Error, Finished, Reply
from execution.logic.silence import Sign
from execution.logic.stretches import Entry, Stretch, decode_entries, encode_entries
from execution.models import Run, RunEvents
from execution.services.claims import run_claim, run_heartbeat
from execution.services.recovery import DIED, MAX_TAKEOVERS, run_resume, run_take
from plandex_server.threads import in_thread
from tests.execution.cluster.stage import ClusterStage, on_cluster
from tests.execution.runs.replies import creating, done, plan_of

pytestmark = pytest.mark.cluster

DEAD = "a worker that died"
REPLY_ID = "00000000-0000-4000-8000-000000000001"


async def _orphan(stage: ClusterStage, *texts: str, attempt: int = 1) -> Run:
    """A run of a dead worker that had received these words of its first reply."""
    run = await stage.run_made(owner=DEAD, attempt=attempt)
    said = [Reply(text) for text in texts]
    stretch = Stretch(run.id, 1, said, reply_id=REPLY_ID, raw="".join(texts), restarted=True)
    await in_thread(storage.stretches_write, [stretch])
    return run


def _sign(run: Run) -> Sign:
    return Sign(run.owner, run.heartbeat_at)


def _slow_resume(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Workers resume a run only when the second of these is set; the first says that one has begun
    to."""
    resuming, go_on = threading.Event(), threading.Event()

    def slow(run: Run, sent: Sequence[Entry]) -> list[Entry] | None:
        resuming.set()
        go_on.wait(8)
        return run_resume(run, sent)

    monkeypatch.setattr("execution.cluster.worker.run_resume", slow)
    return resuming, go_on


async def _rest(stage: ClusterStage, run: Run) -> list[Entry]:
    return (await stage.entries(run.id))[1:]


# -- taking up ------------------------------------------------------------------------------


@on_cluster
async def test_it_goes_on_with_the_next_reply(stage: ClusterStage) -> None:
    run = await _orphan(stage, "Half an ans")
    follower = await stage.logs.follow(run.id, after=1)
    stage.models.queue("planner", "A whole answer.")
    await stage.team.execute(run.id, _sign(run))
    assert await _rest(stage, run) == [
        Describing(),
        Reply("A whole answer."),
        Describing(),
        Finished(),
    ]
    messages = (await stage.turn()).messages
    replies = [(message.message, message.stopped) for message in messages[1:]]
    assert replies == [("Half an ans", True), ("A whole answer.", False)]
    ended = await stage.row(run.id)
    assert (ended.end, ended.attempt, ended.sealed_credentials) == ("finished", 2, None)
    seen: list[Entry] = []
    async with asyncio.timeout(8):
        while len(seen) < 4:
            await follower.wait(8)
            seen += follower.take()
    assert seen == await _rest(stage, run)


@on_cluster
async def test_it_is_found_by_its_silence(
    stage: ClusterStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("execution.cluster.worker.LOOK_EVERY_S", 0.02)
    monkeypatch.setattr("execution.cluster.worker.SILENT_S", 0.5)
    monkeypatch.setattr("execution.runtime.HEARTBEAT_S", 0.02)
    run = await _orphan(stage, "Half")
    stage.models.queue("planner", "Whole.")
    stage.worker()
    assert (await stage.ended(run.id)).end == "finished"


@on_cluster
async def test_one_that_nobody_was_told_of_is_found(
    stage: ClusterStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("execution.cluster.worker.LOOK_EVERY_S", 0.02)
    monkeypatch.setattr("execution.cluster.worker.FREE_S", 0.05)
    run = await stage.run_made()
    stage.models.queue("planner", "Whole.")
    stage.worker()
    assert (await stage.ended(run.id)).attempt == 1


@on_cluster
async def test_what_viewers_were_shown_is_in_the_log(stage: ClusterStage) -> None:
    run = await _orphan(stage, "written, ")
    redis = redis_connect(stage.redis.url)
    dead = EventLog(lambda stretches: None, broadcast=RedisBroadcast(redis, DEAD))
    dead.open(run.id, [Reply("written, ")])
    dead.append(run.id, Reply("shown"))
    await dead.leave()
    dead.forget(run.id)
    await redis.aclose()
    stage.models.queue("planner", "Whole.")
    await stage.team.execute(run.id, _sign(run))
    assert (await stage.entries(run.id))[:3] == [Reply("written, "), Reply("shown"), Describing()]


@on_cluster
async def test_what_viewers_were_shown_outlives_redis(stage: ClusterStage) -> None:
    run = await _orphan(stage, "written, ")
    follower = await stage.logs.follow(run.id, after=1)
    redis = redis_connect(stage.redis.url)
    dead = EventLog(lambda stretches: None, broadcast=RedisBroadcast(redis, DEAD))
    dead.open(run.id, [Reply("written, ")])
    dead.append(run.id, Reply("shown"))
    follower.take()
    await follower.wait(8)
    assert follower.take() == [Reply("shown")]
    await dead.leave()
    dead.forget(run.id)
    await redis.aclose()
    stage.redis.empty()
    async with asyncio.timeout(8):
        while len(await stage.entries(run.id)) < 2:  # noqa: ASYNC110  # a row has no event
            await asyncio.sleep(0.02)
    stage.models.queue("planner", "Whole.")
    await stage.team.execute(run.id, _sign(run))
    assert (await stage.entries(run.id))[:3] == [Reply("written, "), Reply("shown"), Describing()]
    follower.close()


@on_cluster
async def test_viewers_write_nothing_of_a_run_that_was_taken(stage: ClusterStage) -> None:
    run = await _orphan(stage, "a")
    shown = {run.id: ("an earlier owner", [Reply("a"), Reply("late")])}
    await in_thread(storage.shown_write, shown)
    assert await stage.entries(run.id) == [Reply("a")]


@on_cluster
async def test_a_reply_that_had_not_begun_is_asked_for_again(stage: ClusterStage) -> None:
    run = await stage.run_made(owner=DEAD, attempt=1)
    stage.models.queue("planner", "Whole.")
    await stage.team.execute(run.id, _sign(run))
    assert await stage.entries(run.id) == [Reply("Whole."), Describing(), Finished()]
    ended = await stage.row(run.id)
    assert (ended.iteration, ended.attempt) == (0, 2)


@on_cluster
async def test_a_reply_that_was_stored_is_the_last(stage: ClusterStage) -> None:
    """Its process died between the reply's commit and the run's end."""
    stage.models.queue("planner", "Whole.")
    run = await stage.run_made()
    await stage.team.execute(run.id)
    await in_thread(_unended, run)
    stage.redis.empty()
    orphan = await stage.row(run.id)
    await stage.team.execute(run.id, _sign(orphan))
    assert await stage.entries(run.id) == [Reply("Whole."), Describing(), Finished()]
    assert [message.message for message in (await stage.turn()).messages[1:]] == ["Whole."]
    assert (await stage.row(run.id)).end == "finished"


@on_cluster
async def test_an_end_that_viewers_were_told_stays(stage: ClusterStage) -> None:
    stage.models.queue("planner", "Whole.")
    run = await stage.run_made()
    await stage.team.execute(run.id)
    await asyncio.sleep(0.1)  # sent
    await in_thread(_unended, run)
    orphan = await stage.row(run.id)
    await stage.team.execute(run.id, _sign(orphan))
    assert await stage.entries(run.id) == [Reply("Whole."), Describing(), Finished()]
    ended = await stage.row(run.id)
    assert (ended.end, ended.iteration) == ("finished", 0)


@on_cluster
async def test_finished_tasks_are_not_begun_again(stage: ClusterStage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "n = 1\n"), done("Write it"))
    await stage.told()
    run = await stage.run()
    await in_thread(_unended, run)
    stage.redis.empty()
    orphan = await stage.row(run.id)
    await stage.team.execute(run.id, _sign(orphan))
    assert (await stage.row(run.id)).end == "finished"
    assert await stage.files() == {"new.py": "n = 1\n"}


def _unended(run: Run) -> None:
    """Takes the end back, as if the process had died before it."""
    Run.objects.filter(pk=run.pk).update(finished_at=None, end="", owner=DEAD)
    last = RunEvents.objects.filter(run=run).order_by("-id")[0]
    *entries, _ = decode_entries(bytes(last.payload))
    last.payload, last.last = encode_entries(entries), last.last - 1
    last.save()


@on_cluster
async def test_the_fourth_worker_that_dies_is_the_last(stage: ClusterStage) -> None:
    run = await _orphan(stage, "Half", attempt=1 + MAX_TAKEOVERS)
    await stage.team.execute(run.id, _sign(run))
    assert await _rest(stage, run) == [Error(DIED)]
    assert await stage.status() == ("error", DIED)
    assert (await stage.turn()).messages[-1].stopped
    assert not stage.models.requests


@on_cluster
async def test_the_last_end_comes_after_what_was_shown(stage: ClusterStage) -> None:
    run = await _orphan(stage, "written, ", attempt=1 + MAX_TAKEOVERS)
    redis = redis_connect(stage.redis.url)
    first = Stretch(run.id, 1, [Reply("written, "), Reply("shown")])
    await RedisBroadcast(redis, DEAD).send([first])
    await redis.aclose()
    await stage.team.execute(run.id, _sign(run))
    assert await _rest(stage, run) == [Reply("shown"), Error(DIED)]


@on_cluster
async def test_a_third_takeover_still_goes_on(stage: ClusterStage) -> None:
    run = await _orphan(stage, "Half", attempt=MAX_TAKEOVERS)
    stage.models.queue("planner", "Whole.")
    await stage.team.execute(run.id, _sign(run))
    assert (await stage.row(run.id)).end == "finished"


@on_cluster
async def test_after_a_whole_reply_the_lost_workers_do_not_count(stage: ClusterStage) -> None:
    run = await stage.run_made(owner=DEAD, attempt=MAX_TAKEOVERS, chat=False)
    gate = Gate()
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", gate, creating("a.py", "1\n"), done("Write it"))
    going = asyncio.create_task(stage.team.execute(run.id, _sign(run)))
    await gate.wait_reached()
    assert (await stage.row(run.id)).attempt == 1
    gate.open()
    await going
    assert (await stage.row(run.id)).end == "finished"


@on_cluster
async def test_a_worker_that_leaves_while_it_takes_a_run_gives_it_back(
    stage: ClusterStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would execute it without giving signs of life, and another one beside it."""
    run = await stage.run_made()
    leaving = stage.worker()

    def taken(run_id: str, owner: str, *, silent: Sign | None) -> tuple[Run, bool] | None:
        leaving.runtime.stopping = True
        return run_take(run_id, owner, silent=silent)

    with monkeypatch.context() as patch:
        patch.setattr("execution.cluster.worker.run_take", taken)
        stage.team.runtime.stopping = True  # else it takes the run before it is looked at
        await leaving.execute(run.id)
    row = await stage.row(run.id)
    assert (row.owner, row.attempt) == ("", 0)
    assert not leaving.runtime.has(run.id)
    stage.team.runtime.stopping = False
    stage.models.queue("planner", "A whole answer.")
    await stage.team.execute(run.id)
    assert (await stage.entries(run.id))[-1] == Finished()


@on_cluster
async def test_a_worker_that_leaves_does_not_count(stage: ClusterStage) -> None:
    run = await stage.run_made(owner=DEAD, attempt=MAX_TAKEOVERS)
    gate = Gate()
    stage.models.queue("planner", gate)
    going = asyncio.create_task(stage.team.execute(run.id, _sign(run)))
    await gate.wait_reached()
    stage.models.queue("planner", "Whole.")
    second = stage.worker()
    await stage.team.drain()
    await going
    ended = await stage.ended(run.id)
    assert (ended.end, ended.owner) == ("finished", second.runtime.owner)


@on_cluster
async def test_a_database_that_is_away_is_no_lost_worker(
    stage: ClusterStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await _orphan(stage, "Half", attempt=MAX_TAKEOVERS)

    def away(run: Run, sent: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr("execution.cluster.worker.run_resume", away)
        await stage.team.execute(run.id, _sign(run))
    row = await stage.row(run.id)
    assert (row.owner, row.attempt, row.finished_at) == ("", MAX_TAKEOVERS, None)
    stage.models.queue("planner", "Whole.")
    await stage.team.execute(run.id)
    assert (await stage.ended(run.id)).end == "finished"


@on_cluster
async def test_a_run_that_is_being_taken_is_not_taken_again(
    stage: ClusterStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signs of life are given for it."""
    run = await _orphan(stage, "Half")
    resuming, go_on = _slow_resume(monkeypatch)
    monkeypatch.setattr("execution.runtime.HEARTBEAT_S", 0.02)
    stage.models.queue("planner", "Whole.")
    going = asyncio.create_task(stage.team.execute(run.id, _sign(run)))
    await asyncio.to_thread(resuming.wait, 8)
    taken = await stage.row(run.id)
    await stage.team.execute(run.id, _sign(taken))
    signed = await stage.until(lambda run: run.heartbeat_at > taken.heartbeat_at, run.id)
    assert signed.attempt == 2
    go_on.set()
    await going
    assert (await stage.row(run.id)).end == "finished"


@on_cluster
async def test_a_worker_that_leaves_gives_back_what_it_is_taking(
    stage: ClusterStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await _orphan(stage, "Half")
    resuming, go_on = _slow_resume(monkeypatch)
    stage.team._take(run.id, _sign(run))
    await asyncio.to_thread(resuming.wait, 8)
    leaving = asyncio.create_task(stage.team.drain())
    await asyncio.wait({leaving}, timeout=0.1)
    go_on.set()
    await leaving
    row = await stage.row(run.id)
    assert (row.owner, row.attempt, row.finished_at) == ("", 1, None)


@on_cluster
async def test_of_many_runs_few_are_resumed_at_once(
    stage: ClusterStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await _orphan(stage, "Half")
    at_once: list[int] = []
    going = 0

    async def counted(run_id: str, after: int) -> list[Entry]:
        nonlocal going
        going += 1
        at_once.append(going)
        await asyncio.sleep(0)
        going -= 1
        return []

    monkeypatch.setattr(stage.team._broadcast, "sent", counted)
    monkeypatch.setattr("execution.cluster.worker.run_resume", lambda run, sent: None)
    await asyncio.gather(*(stage.team._resumed(run) for _ in range(40)))
    assert len(at_once) == 40
    assert max(at_once) <= RESUMED_AT_ONCE


@on_cluster
async def test_a_run_that_was_stopped_meanwhile_only_ends(stage: ClusterStage) -> None:
    run = await _orphan(stage, "Half")
    await stage.stop()
    assert (await stage.row(run.id)).finished_at is None  # its worker may be alive
    await stage.team.execute(run.id, _sign(run))
    assert await _rest(stage, run) == [Describing(), Aborted()]
    assert await stage.status() == ("stopped", "")
    assert not stage.models.requests


# -- who may take ---------------------------------------------------------------------------


@on_cluster
async def test_one_of_many_takes_it(stage: ClusterStage) -> None:
    run = await stage.run_made()
    claims = await asyncio.gather(*(in_thread(run_claim, run.id, f"w{n}") for n in range(6)))
    taken = [claim for claim in claims if claim is not None]
    assert len(taken) == 1
    assert (await stage.row(run.id)).owner == taken[0].owner


@on_cluster
async def test_a_sign_of_life_keeps_it(stage: ClusterStage) -> None:
    run = await stage.run_made(owner="alive", attempt=1)
    old = _sign(run)
    assert await in_thread(run_claim, run.id, "other") is None
    signs = await in_thread(run_heartbeat, [run.id], "alive")
    assert (signs.stop, signs.lost) == (frozenset(), frozenset())
    assert await in_thread(run_claim, run.id, "other", silent=old) is None
    assert (await stage.row(run.id)).owner == "alive"


@on_cluster
async def test_who_lost_a_run_leaves_it_alone(
    stage: ClusterStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("execution.runtime.HEARTBEAT_S", 0.02)
    stage.models.queue("planner", "From the first.", SILENCE)
    viewer = await stage.tell(isChatOnly=True)
    await viewer.until_text("first.")
    run = await stage.run()
    await stage.team.runtime.log.flush()
    second = stage.worker()
    stage.models.queue("planner", "From the second.")
    # Since its last sign the first was silent, for all that the second knows.
    await in_thread(lambda: Run.objects.filter(pk=run.pk).update(owner=""))
    await second.execute(run.id)
    assert await stage.team.runtime.ended(run.id, 8)
    stream = await viewer.end()
    assert stream.reply == "From the first.From the second."
    assert stream.types.count("finished") == 1
    assert (await stage.row(run.id)).owner == second.runtime.owner


# -- leaving --------------------------------------------------------------------------------


@on_cluster
async def test_a_leaving_worker_hands_over_at_once(stage: ClusterStage) -> None:
    gate = Gate()
    stage.models.queue("planner", "From the first. ", SILENCE)
    viewer = await stage.tell(isChatOnly=True)
    await viewer.until_text("first.")
    stage.models.queue("planner", gate, "From the second.")
    second = stage.worker()
    await stage.team.drain()
    await gate.wait_reached()
    run = await stage.run()
    assert (run.owner, run.attempt) == (second.runtime.owner, 1)
    gate.open()
    stream = await viewer.end()
    assert stream.reply == "From the first. From the second."
    assert stream.terminal == {"type": "finished"}
    messages = (await stage.turn()).messages
    assert [message.message for message in messages[1:]] == ["From the first. ", "From the second."]


@on_cluster
async def test_a_leaving_worker_waits_for_the_database(
    stage: ClusterStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has not written would be lost with it."""
    monkeypatch.setattr("execution.services.database_away.FIRST_WAIT_S", 0.01)
    runtime, log, refused = stage.team.runtime, stage.team.runtime.log, 0
    write = log._write

    def away(stretches: list[Stretch]) -> None:
        nonlocal refused
        if refused < 2:
            refused += runtime.stopping
            raise OperationalError
        write(stretches)

    monkeypatch.setattr(log, "_write", away)
    stage.models.queue("planner", "From the first. ", SILENCE)
    viewer = await stage.tell(isChatOnly=True)
    await viewer.until_text("first.")
    stage.models.queue("planner", "From the second.")
    stage.worker()
    await stage.team.drain()
    assert (await viewer.end()).terminal == {"type": "finished"}
    messages = (await stage.turn()).messages
    assert [message.message for message in messages[1:]] == ["From the first. ", "From the second."]


@on_cluster
async def test_a_leaving_worker_passes_on_what_it_is_given(stage: ClusterStage) -> None:
    second = stage.worker()
    await stage.team.runtime.drain(hand_over=True)
    stage.models.queue("planner", "Whole.")
    run = await stage.run_made()
    await stage.team.execute(run.id)
    assert (await stage.ended(run.id)).owner == second.runtime.owner


@on_cluster
async def test_a_worker_without_room_takes_nothing(stage: ClusterStage) -> None:
    stage.team.room = 0
    run = await stage.run_made()
    stage.offer(run.id)
    await asyncio.sleep(0.1)
    assert (await stage.row(run.id)).owner == ""


@on_cluster
async def test_what_waits_in_the_queue_waits_for_all_workers(stage: ClusterStage) -> None:
    """A full worker takes nothing more out of it until one of its runs has ended."""
    stage.team.room = 1
    stage.models.queue("planner", "Half a ", "sentence", SILENCE)
    run = await stage.run_made()
    offered = asyncio.create_task(stage.team.offered(run.id))
    follower = await stage.logs.follow(run.id)
    async with asyncio.timeout(8):
        while follower.position < 2:
            await follower.wait(8)
            follower.take()
    assert not offered.done()
    stage.team.runtime.stop(run.id)
    async with asyncio.timeout(8):
        await offered
    assert not stage.team.runtime.has(run.id)
