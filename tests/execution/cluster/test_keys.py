"""The provider key of a run is nowhere to be found: not while the run goes on, but sealed, and
not at all afterwards, however it ended."""

import asyncio
import logging
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings
from redis import Redis

from execution.clients.fake import SILENCE, Gate
from execution.logic.model_errors import http_error
from execution.logic.silence import Sign
from execution.models import Run
from execution.services.recovery import MAX_TAKEOVERS, runs_recover
from plandex_server.threads import in_thread
from tests.execution.cluster.stage import ClusterStage, on_cluster
from tests.execution.runs.replies import creating, done, plan_of
from tests.execution.runs.searching import holds, tables_with

pytestmark = pytest.mark.cluster

MARKER = "marker-7f3a9c51e0d24b68"
KEYS: Any = {"authVars": {"OPENROUTER_API_KEY": MARKER}}


@pytest.fixture(autouse=True)
def every_word(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def _redis_values(stage: ClusterStage) -> list[Any]:
    redis: Any = Redis.from_url(stage.redis.url)
    read = {
        b"string": redis.get,
        b"list": lambda key: redis.lrange(key, 0, -1),
        b"hash": redis.hgetall,
        b"set": redis.smembers,
        b"zset": lambda key: redis.zrange(key, 0, -1),
        b"stream": redis.xrange,
    }
    try:
        return [(key, read[redis.type(key)](key)) for key in redis.scan_iter()]
    finally:
        redis.close()


async def _is_nowhere(stage: ClusterStage, caplog: pytest.LogCaptureFixture) -> None:
    assert await in_thread(tables_with, MARKER) == []
    values = await asyncio.to_thread(_redis_values, stage)
    assert values, "the events of a run are there"
    assert not [key for key, value in values if holds(repr((key, value)), MARKER)]
    assert MARKER not in caplog.text


async def _is_erased(stage: ClusterStage, caplog: pytest.LogCaptureFixture) -> Run:
    await _is_nowhere(stage, caplog)
    run = await stage.run()
    assert run.finished_at is not None
    assert run.sealed_credentials is None
    return run


@on_cluster
async def test_a_run_that_succeeds(stage: ClusterStage, caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate()
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", gate, creating("new.py", "n = 1\n"), done("Write it"))
    viewer = await stage.tell(**KEYS)
    await gate.wait_reached()
    await _is_nowhere(stage, caplog)
    assert (await stage.run()).sealed_credentials is not None
    gate.open()
    await viewer.end()
    assert stage.models.requests[0].choice.auth.api_key == MARKER
    assert (await _is_erased(stage, caplog)).end == "finished"


@on_cluster
async def test_a_run_that_fails(stage: ClusterStage, caplog: pytest.LogCaptureFixture) -> None:
    stage.models.queue("planner", "Half", http_error(400, "bad request", {}))
    await stage.told(**KEYS)
    assert (await _is_erased(stage, caplog)).end == "error"


@on_cluster
async def test_a_run_that_is_stopped(stage: ClusterStage, caplog: pytest.LogCaptureFixture) -> None:
    stage.models.queue("planner", "Half", SILENCE)
    viewer = await stage.tell(**KEYS)
    await viewer.until_text("Half")
    await stage.stop()
    await viewer.end()
    assert (await _is_erased(stage, caplog)).end == "aborted"


async def _killed(stage: ClusterStage, *, lost_before: int = 0) -> Run:
    """A run whose worker is gone as if it had been killed: it writes and sends no more."""
    gate = Gate()
    stage.models.queue("planner", "Half", gate)
    viewer = await stage.tell(**KEYS)
    await gate.wait_reached()
    await viewer.until_text("Half")
    run = await stage.run()
    await stage.team.runtime.log.flush()

    def lost() -> Run:
        Run.objects.filter(pk=run.pk).update(owner="gone", attempt=1 + lost_before)
        return Run.objects.get(pk=run.pk)

    return await in_thread(lost)


@on_cluster
async def test_a_run_that_is_killed_and_taken_over(
    stage: ClusterStage, caplog: pytest.LogCaptureFixture
) -> None:
    run = await _killed(stage)
    stage.models.queue("planner", "Whole.")
    await stage.worker().execute(run.id, Sign(run.owner, run.heartbeat_at))
    assert stage.models.requests[-1].choice.auth.api_key == MARKER
    assert (await _is_erased(stage, caplog)).end == "finished"


@on_cluster
async def test_a_run_that_is_killed_too_often(
    stage: ClusterStage, caplog: pytest.LogCaptureFixture
) -> None:
    run = await _killed(stage, lost_before=MAX_TAKEOVERS)
    await stage.worker().execute(run.id, Sign(run.owner, run.heartbeat_at))
    assert (await _is_erased(stage, caplog)).end == "error"


@on_cluster
async def test_a_run_that_is_killed_with_its_whole_server(
    stage: ClusterStage, caplog: pytest.LogCaptureFixture
) -> None:
    await _killed(stage)
    assert await in_thread(runs_recover) == 1
    assert (await _is_erased(stage, caplog)).end == "error"


@on_cluster
async def test_a_run_outlives_the_secret_that_sealed_its_key(
    stage: ClusterStage, settings: Settings
) -> None:
    """As secrets are rotated: both at first, the new one in front, what is sealed sealed anew, the
    new one alone. Workers leave at each step, as those that are restarted do."""
    settings.SEAL_KEYS = ["old"]
    stage.models.queue("planner", "One. ", SILENCE)
    viewer = await stage.tell(**KEYS, isChatOnly=True)
    await viewer.until_text("One.")
    sealed = (await stage.run()).sealed_credentials

    for secrets, text in ((["old", "new"], "Two. "), (["new", "old"], "Three. ")):
        settings.SEAL_KEYS = secrets
        stage.models.queue("planner", text, SILENCE)
        stage.worker()
        await stage.teams[-2].drain()
        await viewer.until_text(text.strip())
    told = StringIO()
    await in_thread(call_command, "rotate_keys", stdout=told)
    assert "the keys of 1 active runs" in told.getvalue()
    assert (await stage.run()).sealed_credentials not in (None, sealed)

    settings.SEAL_KEYS = ["new"]
    stage.models.queue("planner", "Four.")
    stage.worker()
    await stage.teams[-2].drain()
    stream = await viewer.end()
    assert (stream.reply, stream.terminal) == ("One. Two. Three. Four.", {"type": "finished"})
    assert {request.choice.auth.api_key for request in stage.models.requests} == {MARKER}
