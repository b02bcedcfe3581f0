"""What a run works on is deleted: its viewers are told, and other runs are not disturbed."""

import pytest

from execution.clients.fake import SILENCE
from execution.logic.stretches import Stretch
from execution.models import Run, RunEvents
from execution.storage import stretches_write_known
from plandex_server.threads import in_thread
from plans.services.branches import branch_create
from tests.execution.factories import run_make
from tests.execution.runs.exchange import Exchange
from tests.execution.runs.stage import Stage, on_stage
from tests.factories import World
from tests.plans.factories import main_of, plan_make


@pytest.fixture(autouse=True)
def quick_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("execution.runtime.HEARTBEAT_S", 0.05)


async def deleted(stage: Stage, path: str) -> None:
    headers = stage.world.owner.headers()
    exchange = Exchange("DELETE", path, headers, b"")
    stage.exchanges.append(exchange)
    assert (await exchange.reply()).status == 204


@on_stage
async def test_a_plan_that_is_deleted_ends_its_run(stage: Stage) -> None:
    stage.models.queue("planner", "Half a ", "sentence", SILENCE)
    viewer = await stage.tell()
    await viewer.until_text("sentence")
    await deleted(stage, f"/plans/{stage.plan.id}")
    assert (await viewer.end()).frames[-1] == {"type": "aborted"}
    assert stage.models.cancelled == ["planner"]
    assert not await in_thread(Run.objects.exists)
    assert not stage.runtime.size


@on_stage
async def test_so_does_a_branch(stage: Stage) -> None:
    def fork() -> None:
        branch_create(parent=main_of(stage.plan), name="side", owner_id=stage.plan.owner_id)

    await in_thread(fork)
    stage.branch = "side"
    stage.models.queue("planner", "Half", SILENCE)
    viewer = await stage.tell()
    await viewer.until_text("Half")
    await deleted(stage, f"/plans/{stage.plan.id}/branches/side")
    assert (await viewer.end()).frames[-1] == {"type": "aborted"}


def test_the_events_of_other_runs_are_written(world: World) -> None:
    plan = plan_make(project=world.project)
    run = run_make(plan)
    gone = "00000000-0000-4000-8000-000000000000"
    stretches_write_known([Stretch(one, 1, [], reply_id="r", raw="x") for one in (gone, run.id)])
    assert [events.run_id for events in RunEvents.objects.all()] == [run.id]
