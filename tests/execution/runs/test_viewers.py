"""Several clients at one run, late ones, and those that leave."""

import asyncio
import threading

import pytest

from execution.clients.fake import SILENCE, Gate
from execution.logic.requests import TellPlanRequest
from execution.models import Run
from execution.services.requests import Requested, tell_request_run
from plandex_server.threads import in_thread
from tests.execution.runs.exchange import Viewer
from tests.execution.runs.replies import block, creating, done, plan_of
from tests.execution.runs.stage import Stage, on_stage


async def _in_second_reply(stage: Stage, gate: Gate) -> Viewer:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue(
        "coder", creating("new.py", "import os\n"), "Then ", gate, "more.\n", done("Write it")
    )
    viewer = await stage.tell()
    await gate.wait_reached()
    return viewer


@on_stage
async def test_one_leaves_and_the_other_sees_all(stage: Stage) -> None:
    gate = Gate()
    first = await _in_second_reply(stage, gate)
    second = await stage.connect()
    await second.until("connectActive")
    await first.left()
    gate.open()
    stream = await second.end()
    assert stream.terminal == {"type": "finished"}
    assert stream.reply.startswith("more.\n")
    assert (await stage.run()).end == "finished"


@on_stage
async def test_a_run_goes_on_when_all_have_left(stage: Stage) -> None:
    gate = Gate()
    viewer = await _in_second_reply(stage, gate)
    await viewer.left()
    run = await stage.run()
    assert not await stage.runtime.log.is_followed(run.id)
    gate.open()
    assert (await stage.wait_ended()).end == "finished"
    assert await stage.files() == {"new.py": "import os\n"}


@on_stage
async def test_a_late_client_sees_everything_once(stage: Stage) -> None:
    gate = Gate()
    first = await _in_second_reply(stage, gate)
    await first.until("buildInfo")
    late = await stage.connect()
    await late.until("connectActive")
    gate.open()
    whole, joined = await first.end(), await late.end()
    active = joined.messages[1]
    assert joined.types[:3] == ["start", "connectActive", "buildInfo"]
    assert active["initPrompt"] == "Do it."
    assert len(active["initReplies"]) == 2
    assert "initBuildOnly" not in active
    assert "".join(active["initReplies"]) + joined.reply == whole.reply
    assert "<PlandexBlock" not in active["initReplies"][1]
    assert joined.all("buildInfo") == [{"path": "new.py", "numTokens": 0, "finished": True}]
    assert joined.terminal == {"type": "finished"}


@on_stage
async def test_who_connects_to_a_build_sees_builds_only(stage: Stage) -> None:
    await stage.request("POST", "context", [_file("a.py")])
    stage.models.queue("planner", plan_of("Write it", uses="`a.py`"))
    stage.models.queue("coder", block("a.py", "def f():\n    return 3\n"), done("Write it"))
    await stage.told(buildMode="none", projectPaths={"a.py": True})
    gate = Gate()
    stage.models.queue("builder", gate, SILENCE)
    first = await stage.build()
    await gate.wait_reached()
    late = await stage.connect()
    await late.until("buildInfo")
    assert late.seen.messages[1] == {"type": "connectActive", "initBuildOnly": True}
    await stage.stop()
    await first.end()
    await late.end()


def _file(path: str) -> dict[str, object]:
    return {"contextType": "file", "name": path, "file_path": path, "body": "x = 1\n"}


@on_stage
async def test_nothing_runs_nothing_to_connect_to(stage: Stage) -> None:
    viewer = await stage.connect()
    reply = await viewer.reply()
    assert (reply.status, reply.text.strip()) == (404, "No active model stream for plan")


@on_stage
async def test_who_connects_at_the_last_moment_sees_the_end(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    stage.models.queue("planner", "It ", gate, "is.")
    first = await stage.tell(isChatOnly=True)
    await first.until_text("It ")
    monkeypatch.setattr("execution.stream_frames.VIEW_IS_OPEN_S", 0.5)
    late = await stage.connect()
    gate.open()
    await first.end()
    stream = await late.end()
    assert stream.types == ["start", "connectActive", "finished"]
    assert stream.messages[1]["initReplies"] == ["It is."]


@on_stage
async def test_a_silent_run_sends_heartbeats(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("execution.stream_frames.HEARTBEAT_EVERY_S", 0.03)
    asked = Gate()
    stage.models.queue("planner", asked, SILENCE)
    asked.open()
    viewer = await stage.tell()
    await asked.wait_reached()
    await viewer.until_heartbeats(2)
    await stage.stop()
    stream = await viewer.end()
    assert stream.heartbeats >= 2
    assert stream.types == ["start", "aborted"]


@on_stage
async def test_a_client_that_leaves_before_the_answer_leaves_no_dead_run(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request was taken, so the run begins: it must not hold the branch for ever."""
    created, go_on = threading.Event(), threading.Event()

    def slow(requested: Requested, request: TellPlanRequest, owner: str) -> Run:
        run = tell_request_run(requested, request, owner)
        created.set()
        go_on.wait(5)
        return run

    monkeypatch.setattr("execution.streaming.tell_request_run", slow)
    stage.models.queue("planner", "Here I am.")
    telling = asyncio.ensure_future(stage.tell(isChatOnly=True))
    await in_thread(created.wait, 5)
    await stage.exchanges[-1].left()
    go_on.set()
    await asyncio.wait({telling})
    assert telling.exception() is not None
    run = await stage.run()
    for _ in range(500):
        if run.finished_at is not None:
            break
        await asyncio.sleep(0.01)
        run = await stage.run()
    assert run.end == "finished"


@on_stage
async def test_text_arrives_in_few_frames(stage: Stage) -> None:
    stage.models.queue("planner", *("word " for _ in range(400)))
    stream = await stage.told(isChatOnly=True)
    assert stream.reply == "word " * 400
    assert len(stream.frames) < 20


@on_stage
async def test_a_single_chunk_does_not_wait_for_the_next(stage: Stage) -> None:
    stage.models.queue("planner", "One.", " Two.", SILENCE)
    viewer = await stage.tell(isChatOnly=True)
    await viewer.until_text("One. Two.")
    await stage.stop()
    await viewer.end()


@on_stage
async def test_the_separator_in_a_reply_does_no_harm(stage: Stage) -> None:
    stage.models.queue("planner", "Frames end in @@PX", "@@ or @@PX@@.")
    stream = await stage.told(isChatOnly=True)
    assert stream.reply == "Frames end in @@PX@@ or @@PX@@."


@on_stage
async def test_a_stranger_sees_no_run(stage: Stage) -> None:
    stage.models.queue("planner", "Secret", SILENCE)
    viewer = await stage.tell()
    await viewer.until_text("Secret")
    stranger = await stage.connect(stage.world.stranger)
    assert (await stranger.reply()).status == 404
    await stage.stop()
    await viewer.end()
