from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.execution.cluster.redis_server import RedisServer
from tests.execution.cluster.stage import ClusterStage
from tests.execution.runs.conftest import quick_flush  # noqa: F401  # a fixture
from tests.execution.runs.stage import models_make, runtime_make
from tests.factories import world_make
from tests.plans.factories import main_of, plan_make, user_of


@pytest.fixture(scope="session")
def redis_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def redis(redis_process: RedisServer) -> Iterator[RedisServer]:
    """An empty Redis; a test may stop it."""
    yield redis_process
    redis_process.stop()
    redis_process.start()


@pytest.fixture
def stage(
    quick_flush: None,  # noqa: F811  # the fixture
    transactional_db: None,
    redis: RedisServer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> ClusterStage:
    settings.CLUSTER = True
    settings.REDIS_URL = redis.url
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [redis.url]},
        }
    }
    world = world_make()
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    models = models_make()
    stage = ClusterStage(
        world=world,
        plan=plan,
        branch_id=main_of(plan).id,
        models=models,
        runtime=runtime_make(models),
        redis=redis,
    )
    monkeypatch.setattr("execution.launch.logs", lambda: stage.logs)
    monkeypatch.setattr("execution.launch.orphans", lambda: stage.orphans)
    monkeypatch.setattr("execution.launch.run_queue", lambda: stage)
    monkeypatch.setattr("execution.stream_frames.VIEW_OPENS_S", 0.0)
    monkeypatch.setattr("execution.stream_frames.GRACE_S", 0.0)
    monkeypatch.setattr("execution.services.database_away.FIRST_WAIT_S", 0.001)
    monkeypatch.setattr("execution.services.database_away.LONGEST_WAIT_S", 0.002)
    monkeypatch.setattr("execution.event_log.FLUSH_EVERY_S", 0.05)
    monkeypatch.setattr("execution.event_sender.AGAIN_S", 0.05)
    monkeypatch.setattr("execution.cluster.worker.SPREAD_S", 0.0)
    return stage
