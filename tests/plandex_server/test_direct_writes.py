"""Answers go out at once, and wait where the other side does not read."""

import socket
from collections.abc import Iterator
from typing import Any, cast

import pytest
from twisted.internet.protocol import Protocol

from plandex_server.direct_writes import DirectServer


class Reactor:
    """Notes who waits for its socket."""

    def __init__(self) -> None:
        self.writers: set[object] = set()

    def addReader(self, reader: object) -> None: ...

    def removeReader(self, reader: object) -> None: ...

    def addWriter(self, writer: object) -> None:
        self.writers.add(writer)

    def removeWriter(self, writer: object) -> None:
        self.writers.discard(writer)


class Line:
    def __init__(self) -> None:
        ours, self.client = socket.socketpair()
        ours.setblocking(False)
        self.client.setblocking(False)
        self.reactor = Reactor()
        place: Any = ("127.0.0.1", 1)
        nobody: Any = None
        protocol = cast(Any, Protocol())
        self.server: Any = DirectServer(ours, protocol, place, nobody, 0, cast(Any, self.reactor))

    def waits(self) -> bool:
        return self.server in self.reactor.writers

    def read(self) -> bytes:
        parts = []
        try:
            while data := self.client.recv(1 << 20):
                parts.append(data)
        except BlockingIOError:
            pass
        return b"".join(parts)

    def close(self) -> None:
        self.client.close()
        self.server.socket.close()


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.close()


def test_it_works(line: Line) -> None:
    line.server.write(b"one ")
    line.server.writeSequence([b"two", b" three"])
    assert line.read() == b"one two three"
    assert not line.waits()


def test_what_is_not_taken_waits_and_keeps_its_order(line: Line) -> None:
    line.server.write(b"a" * 10_000_000)
    assert line.waits()
    line.server.write(b"b")
    received = line.read()
    while line.waits():
        line.server.doWrite()
        received += line.read()
    assert received == b"a" * 10_000_000 + b"b"
    line.server.write(b"c")
    assert (line.read(), line.waits()) == (b"c", False)


def test_the_last_words_come_before_the_end(line: Line) -> None:
    line.server.write(b"a" * 10_000_000)
    line.server.loseConnection()
    received = line.read()
    while line.server.doWrite() is None:
        received += line.read()
    assert len(received + line.read()) == 10_000_000


def test_a_connection_without_anything_to_say_ends(line: Line) -> None:
    line.server.write(b"a")
    line.server.loseConnection()
    assert line.waits()
    assert line.server.doWrite() is not None


def test_a_client_that_is_gone_is_noticed_by_the_loop(line: Line) -> None:
    line.client.close()
    line.server.write(b"a")
    assert line.waits()
    assert isinstance(line.server.doWrite(), Exception)
