"""A tell on one process and everything else on others, through HTTP."""

import pytest

from execution.clients.fake import SILENCE, Gate
from tests.context.samples import a_file, a_map
from tests.execution.cluster.stage import ClusterStage, on_cluster
from tests.execution.runs.replies import creating, done, plan_of
from tests.execution.runs.stage import KEY

pytestmark = pytest.mark.cluster


@on_cluster
async def test_it_works(stage: ClusterStage) -> None:
    stage.models.queue("planner", plan_of("Write it"))
    stage.models.queue("coder", creating("new.py", "n = 1\n"), done("Write it"))
    stream = await stage.told()
    assert stream.terminal == {"type": "finished"}
    assert await stage.files() == {"new.py": "n = 1\n"}
    run = await stage.run()
    assert (run.end, run.owner, run.attempt) == ("finished", stage.team.runtime.owner, 1)


@on_cluster
async def test_it_is_stopped_at_once(stage: ClusterStage) -> None:
    stage.models.queue("planner", "Half a ", "sentence", SILENCE)
    viewer = await stage.tell(isChatOnly=True)
    await viewer.until_text("sentence")
    await stage.stop()
    stream = await viewer.end()
    assert stream.frames[-1] == {"type": "aborted"}
    assert (await stage.turn()).messages[-1].stopped
    assert await stage.status() == ("stopped", "")


@on_cluster
async def test_a_run_that_no_worker_took_is_stopped_too(stage: ClusterStage) -> None:
    await stage.team.drain()
    await stage.background(isChatOnly=True)
    await stage.stop()
    assert (await stage.run()).end == "aborted"
    assert await stage.status() == ("stopped", "")


@on_cluster
async def test_questions_are_answered(stage: ClusterStage) -> None:
    stage.models.queue("planner", plan_of("Write it", uses="a.py"))
    block = '- a.py:\n<PlandexBlock lang="python" path="a.py">\n'
    stage.models.queue("coder", "Text\n\n", block + "never shown", SILENCE)
    stage.models.queue("coder", done("Write it"))
    viewer = await stage.tell(projectPaths={"a.py": True})
    await viewer.until("promptMissingFile")
    await stage.answer("skip", "a.py")
    assert (await viewer.end()).terminal == {"type": "finished"}


@on_cluster
async def test_files_are_loaded(stage: ClusterStage) -> None:
    await stage.request("POST", "context", [a_map(parts={"b.py": "def f()\n"})])
    stage.models.queue("architect", "Look.\n\n### Files\n\n- `b.py` (`f`)\n<PlandexFinish/>")
    stage.models.queue("planner", "All is well.")
    viewer = await stage.tell(autoContext=True, projectPaths={"b.py": True})
    await viewer.until("loadContext")
    loaded = [a_file("b.py", "The text.\n", autoLoaded=True)]
    await stage.request("POST", "auto_load_context", loaded)
    assert (await viewer.end()).terminal == {"type": "finished"}
    assert "b.py" in (await stage.turn()).context_paths


@on_cluster
async def test_others_join(stage: ClusterStage) -> None:
    gate = Gate()
    stage.models.queue("planner", "Before. ", gate, "After.")
    first = await stage.tell(isChatOnly=True)
    await gate.wait_reached()
    late = await stage.connect()
    await late.until("connectActive")
    gate.open()
    assert (await late.end()).reply == "After."
    assert (await first.end()).reply == "Before. After."


@on_cluster
async def test_nothing_in_redis_holds_the_key(stage: ClusterStage) -> None:
    gate = Gate()
    stage.models.queue("planner", "Text. ", gate)
    viewer = await stage.tell(isChatOnly=True)
    await gate.wait_reached()
    during = stage.redis.everything()
    gate.open()
    await viewer.end()
    assert b"plandex:run:" in during
    assert KEY.encode() not in during + stage.redis.everything()
