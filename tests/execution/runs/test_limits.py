"""Runs of one user at the same time."""

import asyncio

import pytest
from pytest_django import Settings

from execution.clients.fake import Gate
from execution.errors import TooManyRuns
from execution.models import Run
from plandex_server.rates import Rates
from plandex_server.threads import in_thread
from tests.execution.runs.replies import creating, done, plan_of
from tests.execution.runs.stage import Stage, on_stage


async def _side_branch(stage: Stage) -> None:
    await in_thread(
        stage.world.owner.post, f"/plans/{stage.plan.id}/main/branches", {"name": "side"}
    )


@on_stage
async def test_one_run_too_many_is_refused(stage: Stage, settings: Settings) -> None:
    settings.USER_RUNS, settings.USER_RUNS_WAIT_S = 1, 0
    await _side_branch(stage)
    gate = Gate()
    stage.models.queue("planner", "One.", gate)
    first = await stage.tell("First?", isChatOnly=True)
    await gate.wait_reached()
    stage.branch = "side"
    refused = await (await stage.tell("Second?", isChatOnly=True)).reply()
    assert refused.status == 429
    assert refused.text.startswith("You have 1 run in progress, which is all that this server")
    gate.open()
    assert (await first.end()).terminal == {"type": "finished"}
    stage.models.queue("planner", "Two.")
    assert (await stage.told("Second?", isChatOnly=True)).reply == "Two."


@on_stage
async def test_one_run_too_many_waits_for_its_turn(
    stage: Stage, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.USER_RUNS, settings.USER_RUNS_WAIT_S = 1, 10
    monkeypatch.setattr("execution.streaming.LOOK_FOR_ROOM_S", 0.01)
    await _side_branch(stage)
    gate = Gate()
    stage.models.queue("planner", "One.", gate)
    first = await stage.tell("First?", isChatOnly=True)
    await gate.wait_reached()
    stage.models.queue("planner", "Two.")
    stage.branch = "side"
    refused, loop = asyncio.Event(), asyncio.get_running_loop()

    class Noticed(TooManyRuns):
        def __init__(self, limit: int) -> None:
            super().__init__(limit)
            loop.call_soon_threadsafe(refused.set)

    monkeypatch.setattr("execution.services.new_runs.TooManyRuns", Noticed)
    sent = asyncio.create_task(stage.tell("Second?", isChatOnly=True))
    await refused.wait()
    gate.open()
    assert (await first.end()).terminal == {"type": "finished"}
    assert (await (await sent).end()).reply == "Two."


@on_stage
async def test_a_build_counts_as_a_run(stage: Stage, settings: Settings) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "n = 1\n"), done("Write it"))
    await stage.told(buildMode="none")
    settings.USER_RUNS, settings.USER_RUNS_WAIT_S = 1, 0
    await _side_branch(stage)
    gate = Gate()
    stage.models.queue("planner", "One.", gate)
    first = await stage.tell(isChatOnly=True)
    await gate.wait_reached()
    stage.branch = "side"
    refused = await (await stage.build()).reply()
    assert refused.status == 429
    assert refused.text.startswith("You have 1 run in progress")
    said = await (await stage.build(headers={"X-Client-Version": ""})).reply()
    assert (said.status, said.json["code"]) == (429, 429)
    assert said.json["message"] == refused.text.strip()
    gate.open()
    await first.end()
    assert (await (await stage.build()).end()).terminal == {"type": "finished"}


@on_stage
async def test_one_request_too_many_begins_no_run(
    stage: Stage, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = Rates(clock=lambda: 600.0)
    monkeypatch.setattr("orgs.authentication.rates", lambda: rates)
    settings.USER_REQUESTS_PER_MINUTE = 2
    for _ in range(2):
        await stage.request("GET", "status")
    refused = await (await stage.tell()).reply()
    assert refused.status == 429
    assert refused.text == "You have sent more than 2 requests in a minute; wait 60 seconds\n"
    assert not await in_thread(Run.objects.exists)
