"""What a client that waits for files asks every few seconds."""

from execution.clients.fake import Gate
from tests.context.samples import a_file
from tests.execution.runs.exchange import Viewer
from tests.execution.runs.replies import block, creating, done, plan_of
from tests.execution.runs.stage import Stage, on_stage

Status = tuple[dict[str, bool], dict[str, bool]]


async def _status(stage: Stage) -> Status:
    """Which files are built, and which are at work."""
    said = (await stage.request("GET", "build_status")).json
    return said["builtFiles"], said["isBuildingByPath"]


async def _at_work(stage: Stage, gate: Gate) -> Viewer:
    """A new file is built, and a model is asked about an edit."""
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    stage.models.queue("planner", plan_of("Write it", uses="`a.py`"))
    edit = block("a.py", "def f():\n    return 3\n")
    stage.models.queue("coder", creating("new.py", "n = 1\n"), edit, done("Write it"))
    stage.models.queue("builder", gate, "<PlandexCorrect/>")
    stage.models.defaults["builder"] = lambda request: "<PlandexCorrect/>"
    stage.models.defaults["whole-file-builder"] = lambda request: "nothing"
    viewer = await stage.tell(projectPaths={"a.py": True})
    await gate.wait_reached()
    return viewer


@on_stage
async def test_it_works(stage: Stage) -> None:
    gate = Gate()
    viewer = await _at_work(stage, gate)
    built, at_work = await _status(stage)
    assert built == {"new.py": True, "a.py": False}
    assert at_work == {"new.py": False, "a.py": True}
    gate.open()
    await viewer.end()
    built, at_work = await _status(stage)
    assert built == {"new.py": True, "a.py": True}
    assert not any(at_work.values())


@on_stage
async def test_nothing_is_at_work_once_it_is_stopped(stage: Stage) -> None:
    viewer = await _at_work(stage, Gate())
    await stage.stop()
    await viewer.end()
    assert await _status(stage) == ({"new.py": True}, {"new.py": False})


@on_stage
async def test_an_edit_that_changes_nothing_is_done(stage: Stage) -> None:
    await stage.request("POST", "context", [a_file("a.py", "x = 1\n")])
    stage.models.queue("planner", plan_of("Write it", uses="`a.py`"))
    stage.models.queue("coder", block("a.py", "x = 1\n"), done("Write it"))
    stage.models.defaults["builder"] = lambda request: "<PlandexCorrect/>"
    await stage.told(projectPaths={"a.py": True})
    assert await _status(stage) == ({"a.py": True}, {"a.py": False})


@on_stage
async def test_without_a_run_nothing_is_built(stage: Stage) -> None:
    assert await _status(stage) == ({}, {})
