"""Runs that are over before their client listens: it sees them from the first event to the end."""

import pytest

from execution import launch, streaming
from execution.logic.model_errors import http_error
from execution.models import Run
from execution.stream_frames import show_from_beginning
from plandex_server.api.dialect import Dialect
from plandex_server.streams import Write
from tests.execution.runs.replies import creating, done, plan_of
from tests.execution.runs.stage import Stage, on_stage


@pytest.fixture(autouse=True)
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client gets its first byte only after the run has ended."""

    async def show(run: Run, dialect: Dialect, write: Write) -> None:
        await launch.ended(run.id, 5)
        await show_from_beginning(run, dialect, write)

    monkeypatch.setattr(streaming, "show_from_beginning", show)


@on_stage
async def test_a_failure(stage: Stage) -> None:
    stage.models.queue("planner", http_error(400, "bad request", {}))
    stream = await stage.told()
    assert [frame["type"] for frame in stream.frames] == ["start", "error"]


@on_stage
async def test_a_failure_is_told_when_the_view_is_open(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("execution.stream_frames.VIEW_OPENS_S", 600.0)
    stage.models.queue("planner", http_error(400, "bad request", {}))
    viewer = await stage.tell()
    await viewer.until("start")
    assert (await stage.wait_ended()).end == "error"
    assert viewer.seen.types == ["start"]


@on_stage
async def test_a_build_of_new_files(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    files = {f"new{number}.py": f"n = {number}\n" for number in range(3)}
    coded = [creating(path, text) for path, text in files.items()]
    stage.models.queue("coder", *coded, done("Write it"))
    await stage.told(buildMode="none")
    stream = await (await stage.build()).end()
    assert stream.types == ["start", *["buildInfo"] * 3, "finished"]
    assert {info["path"] for info in stream.all("buildInfo")} == set(files)
    assert all(info["finished"] for info in stream.all("buildInfo"))
    assert await stage.files() == files


@on_stage
async def test_a_tell(stage: Stage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "n = 1\n"), done("Write it"))
    stream = await stage.told()
    assert stream.reply.endswith("**Write it** has been completed.\n")
    assert stream.terminal == {"type": "finished"}
