"""The kept database connections of the threads."""

import select
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, connections

from accounts.models import User
from plandex_server import threads
from plandex_server.threads import in_thread


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
    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr("plandex_server.threads._pool", pool)

        async def calls() -> list[int]:
            first = await in_thread(User.objects.count)
            await in_thread(_end_connection)
            return [first, await in_thread(User.objects.count)]

        assert async_to_sync(calls)() == [0, 0]
        pool.submit(connections.close_all).result()


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
