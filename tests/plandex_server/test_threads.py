"""The kept database connections of the threads."""

import asyncio
import json
import select
import socket
from collections.abc import Iterator
from contextlib import closing
from threading import Event

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, connections

from accounts.models import User
from plandex_server import threads
from plandex_server.handlers import _is_patient
from plandex_server.kept_threads import KeptThreads
from plandex_server.threads import in_patient_thread, in_thread
from tests.execution.runs.exchange import PATIENCE_S, Exchange
from tests.factories import World


class _Server:
    """Stands for the database's connection, with a socket of its own."""

    vendor = "postgresql"

    def __init__(self, end: socket.socket) -> None:
        self.connection = end


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_an_idle_connection_is_trusted(ends: tuple[socket.socket, socket.socket]) -> None:
    assert not threads._was_hung_up(_Server(ends[0]))  # type: ignore[arg-type]


def test_a_connection_that_ended_is_noticed(ends: tuple[socket.socket, socket.socket]) -> None:
    ends[1].close()
    assert threads._was_hung_up(_Server(ends[0]))  # type: ignore[arg-type]


def test_the_servers_last_words_are_noticed(ends: tuple[socket.socket, socket.socket]) -> None:
    ends[1].send(b"E terminating connection")
    assert threads._was_hung_up(_Server(ends[0]))  # type: ignore[arg-type]


def test_a_closed_connection_is_noticed(ends: tuple[socket.socket, socket.socket]) -> None:
    ends[0].close()
    assert threads._was_hung_up(_Server(ends[0]))  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_a_restart_of_the_database_costs_no_call_its_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", None)
    monkeypatch.setitem(connections.settings["default"], "CONN_HEALTH_CHECKS", True)
    with closing(KeptThreads(1, "sync")) as pool:
        monkeypatch.setattr("plandex_server.threads._pool", pool)

        async def calls() -> list[int]:
            first = await in_thread(User.objects.count)
            await in_thread(_end_connection)
            counts = [first, await in_thread(User.objects.count)]
            await in_thread(connections.close_all)
            return counts

        assert async_to_sync(calls)() == [0, 0]


@pytest.mark.django_db(transaction=True)
def test_what_waits_for_long_holds_up_nobody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one thread of each kind, a map that takes for ever and a quick request beside it."""
    begun, go_on = Event(), Event()

    def slow_map(**inputs: object) -> dict[str, str]:
        begun.set()
        assert go_on.wait(PATIENCE_S)
        return {}

    async def played() -> tuple[int, int]:
        body = json.dumps({"mapInputs": {"a.py": "a = 1"}}).encode()
        slow = Exchange("POST", "/file_map", world.owner.headers(), body)
        try:
            assert await asyncio.to_thread(begun.wait, PATIENCE_S)
            quick = await Exchange("GET", "/projects", world.owner.headers(), b"").reply()
        finally:
            go_on.set()
        statuses = quick.status, (await slow.reply()).status
        await in_thread(connections.close_all)
        await in_patient_thread(connections.close_all)
        return statuses

    monkeypatch.setattr("context.views.files_map", slow_map)
    with closing(KeptThreads(1, "sync")) as pool, closing(KeptThreads(1, "patient")) as patient:
        monkeypatch.setattr("plandex_server.threads._pool", pool)
        monkeypatch.setattr("plandex_server.threads._patient_pool", patient)
        assert async_to_sync(played)() == (200, 200)


@pytest.mark.parametrize(
    ("method", "path", "waits"),
    [
        ("POST", "/file_map", True),
        ("PUT", "/provider_keys/openai", True),
        ("POST", "/provider_keys/openai/check", True),
        ("DELETE", "/provider_keys/openai", False),
        ("GET", "/plans/some-id/main/context", False),
        ("PUT", "/plans/some-id/main/context", True),
        ("GET", "/projects", False),
    ],
)
def test_which_requests_may_wait_for_long(method: str, path: str, waits: bool) -> None:
    assert _is_patient({"method": method, "path": path}) is waits


def _end_connection() -> None:
    """What a restart does to a connection that is kept."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        process = cursor.fetchone()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", process)
    other.close()
    select.select([connection.connection], [], [], 5)
