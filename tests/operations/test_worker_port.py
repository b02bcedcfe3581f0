"""The small port of a worker: its metrics and its health."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from pytest_django import Settings

from plandex_server.operations import parts, worker_port


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(worker_port, "LOOP_S", 0.05)
    parts.probes.cache_clear()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = worker_port.worker_port_open("127.0.0.1", 0, loop)
    yield server.server_port
    server.shutdown()
    server.server_close()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    parts.probes.cache_clear()


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_it_works(port: int) -> None:
    status, body = ask(port, "/health/live")
    assert (status, json.loads(body)["parts"]["loop"]["status"]) == (200, "ok")
    status, body = ask(port, "/metrics")
    assert status == 200 and b"plandex_runs_executing" in body


def test_ready_names_its_parts(port: int, transactional_db: None) -> None:
    status, body = ask(port, "/health/ready?parts=database")
    assert (status, json.loads(body)["parts"].keys()) == (200, {"loop", "database"})
    assert ask(port, "/health/ready?parts=moon")[0] == 400


def test_nothing_else_is_there(port: int) -> None:
    assert ask(port, "/")[0] == 404
    assert ask(port, "/metrics", "POST")[0] == 405
    assert ask(port, "/health/live", "HEAD") == (200, b"")


def test_metrics_are_not_for_everybody(port: int, settings: Settings) -> None:
    assert ask(port, "/metrics", **{"X-Forwarded-For": "203.0.113.9"})[0] == 403
    settings.METRICS_NETWORKS = ["10.0.0.0/8"]
    assert ask(port, "/metrics")[0] == 403
    assert ask(port, "/metrics", **{"Authorization": "Bearer "})[0] == 403


def test_a_loop_that_hangs_is_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.new_event_loop()
    monkeypatch.setattr(worker_port, "LOOP_S", 0.05)
    server = worker_port.worker_port_open("127.0.0.1", 0, loop)
    try:
        status, body = ask(server.server_port, "/health/live")
        assert (status, json.loads(body)["parts"]["loop"]["status"]) == (503, "failed")
    finally:
        server.shutdown()
        server.server_close()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
