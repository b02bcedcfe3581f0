"""WebSockets of a web process whose runs are executed elsewhere."""

import pytest
from channels.layers import channel_layers

from tests.execution.cluster.stage import ClusterStage, on_cluster
from tests.execution.runs.sockets import Socket

pytestmark = pytest.mark.cluster


def _open(stage: ClusterStage, query: str = "") -> Socket:
    socket = Socket(f"/ws/plans/{stage.plan.id}/main{query}", stage.world.owner.headers())
    stage.exchanges.append(socket)  # type: ignore[arg-type]  # it can leave, and has a task
    return socket


@on_cluster
async def test_a_run_that_begins_is_shown(stage: ClusterStage) -> None:
    socket = _open(stage)
    stage.models.queue("planner", "Here.")
    await stage.told(isChatOnly=True)
    await socket.until("finished")
    assert socket.reply == "Here."


@on_cluster
async def test_it_opens_while_redis_is_away(stage: ClusterStage) -> None:
    stage.models.queue("planner", "Here.")
    await stage.told(isChatOnly=True)
    stage.redis.stop()
    channel_layers.backends.clear()  # as in a process that has just begun
    socket = _open(stage, "?after=0")
    await socket.until("finished")
    assert socket.reply == "Here."


@on_cluster
async def test_it_hears_of_runs_when_redis_is_back(
    stage: ClusterStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("execution.branch_news.TRY_AGAIN_S", 0.02)
    monkeypatch.setattr("execution.websocket.LOOK_EVERY_S", 3600.0)
    stage.redis.stop()
    socket = _open(stage)
    stage.redis.start()
    stage.models.queue("planner", "Here.")
    await stage.told(isChatOnly=True)
    await socket.until("finished")
    assert socket.reply == "Here."
