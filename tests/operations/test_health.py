"""`/health`, `/health/live`, `/health/ready`: what watches the server asks."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import Settings

from plandex_server.operations import parts
from plandex_server.operations.probes import Part, Probe, State, ask_all, ask_all_async
from tests.execution.cluster.redis_server import RedisServer
from tests.execution.runs.exchange import Exchange
from tests.wire.client import Reply

PARTS = {"database", "redis", "queue", "workers", "disk"}


def get(path: str, method: str = "GET") -> Reply:
    async def talk() -> Reply:
        return await Exchange(method, path, {}, b"").reply()

    return asyncio.run(talk())


def report(path: str, status: int = 200) -> dict[str, Any]:
    reply = get(path)
    assert reply.status == status, reply.body
    body: dict[str, Any] = json.loads(reply.body)
    return body


@pytest.fixture(autouse=True)
def fresh_probes() -> Iterator[None]:
    parts.probes.cache_clear()
    parts._current.clear()
    yield
    parts.probes.cache_clear()


@pytest.fixture(scope="module")
def redis_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def cluster(settings: Settings, redis_process: RedisServer) -> RedisServer:
    settings.CLUSTER = True
    settings.REDIS_URL = redis_process.url
    return redis_process


def test_it_works(transactional_db: None) -> None:
    body = report("/health/ready")
    assert body["status"] in ("ok", "degraded")
    assert body["parts"].keys() == PARTS
    assert body["parts"]["database"]["status"] == "ok"
    assert body["parts"]["workers"]["status"] == "unused"


def test_health_is_two_letters() -> None:
    reply = get("/health")
    assert (reply.status, reply.body) == (200, b"OK")


def test_live_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "plandex_server.operations.health.probes", lambda: pytest.fail("live asked a part")
    )
    assert report("/health/live") == {"status": "ok", "version": "1.0.0", "parts": {}}


def test_some_parts(transactional_db: None) -> None:
    assert report("/health/ready?parts=database,disk")["parts"].keys() == {"database", "disk"}


def test_an_unknown_part_is_refused() -> None:
    reply = get("/health/ready?parts=moon")
    assert reply.status == 400
    assert b"database" in reply.body


def test_other_methods_are_refused() -> None:
    assert get("/health/ready", "POST").status == 405
    head = get("/health/live", "HEAD")
    assert (head.status, head.body) == (200, b"")


def fails() -> Part:
    raise OSError("connection to db.internal as plandex:secret failed")


def test_a_failed_part_is_named_without_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    probes = {"database": Probe("database", fails), "disk": Probe("disk", parts.disk)}
    monkeypatch.setattr("plandex_server.operations.health.probes", lambda: probes)
    body = report("/health/ready", 503)
    assert body["status"] == "failed"
    assert body["parts"]["database"]["detail"] == "failed: OSError"
    assert "secret" not in json.dumps(body) and "internal" not in json.dumps(body)


def test_a_part_that_hangs_holds_up_nobody() -> None:
    let_go, asked = threading.Event(), []

    def hangs() -> Part:
        asked.append(1)
        let_go.wait(10)
        return Part(State.OK)

    probes = {"slow": Probe("slow", hangs), "quick": Probe("quick", lambda: Part(State.OK))}
    try:
        answers = [ask_all(probes, 0.02), asyncio.run(ask_all_async(probes, 0.02))]
    finally:
        let_go.set()
    for answer in answers:
        assert answer["slow"].state is State.FAILED
        assert "no answer" in answer["slow"].detail
        assert answer["quick"].state is State.OK
    assert len(asked) == 1, "who asks again meanwhile waits for the same check"


def test_a_full_disk(settings: Settings) -> None:
    settings.MIN_FREE_DISK_MB = 10**12
    assert parts.disk().state is State.FAILED


def test_missing_migrations(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_lacks_migrations", lambda: True)
    assert "migrate" in report("/health/ready?parts=database", 503)["parts"]["database"]["detail"]


def test_a_cluster_without_workers(cluster: RedisServer, transactional_db: None) -> None:
    body = report("/health/ready", 503)
    assert body["parts"]["redis"]["status"] == "ok"
    assert body["parts"]["queue"]["status"] == "ok"
    assert body["parts"]["workers"]["status"] == "failed"


def test_a_cluster_without_redis(cluster: RedisServer, transactional_db: None) -> None:
    cluster.stop()
    try:
        body = report("/health/ready", 503)
    finally:
        cluster.start()
    states = {name: part["status"] for name, part in body["parts"].items()}
    assert (states["redis"], states["queue"], states["workers"]) == ("failed",) * 3
    assert states["database"] == "ok"


Busy = Callable[[int, int], None]


@pytest.fixture
def worker(cluster: RedisServer) -> Busy:
    """Leaves a worker's sign of life: it executes so many runs, and has room for so many."""

    def sign(runs: int, room: int) -> None:
        from execution.cluster.connection import redis_connect
        from execution.cluster.heartbeat import sign_leave

        async def leave() -> None:
            redis = redis_connect(cluster.url)
            await sign_leave(redis, "host:1:abc", runs=runs, room=room)
            await redis.aclose()

        asyncio.run(leave())

    return sign


@pytest.mark.parametrize(("runs", "room", "state"), [(1, 10, "ok"), (10, 10, "degraded")])
def test_a_cluster_with_a_worker(
    worker: Busy, transactional_db: None, runs: int, room: int, state: str
) -> None:
    worker(runs, room)
    part = report("/health/ready?parts=workers")["parts"]["workers"]
    assert part["status"] == state
    assert part["detail"].startswith(f"1 alive, {runs} runs")


def test_a_silent_worker_counts_no_more(worker: Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    worker(0, 10)
    monkeypatch.setattr("execution.cluster.heartbeat.SILENT_S", 0.0)
    assert report("/health/ready?parts=workers", 503)["parts"]["workers"]["status"] == "failed"
