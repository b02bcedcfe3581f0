"""Answers go out at once, and wait where the other side does not read."""

import socket
from collections.abc import Iterable, Iterator
from typing import Any, cast

import pytest
from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import Protocol
from twisted.python.failure import Failure
from twisted.web.http import Request
from twisted.web.http_headers import Headers

from plandex_server.direct_writes import DirectServer, writer_to


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
        self.ours, self.client = socket.socketpair()
        self.ours.setblocking(False)
        self.client.setblocking(False)
        self.reactor = Reactor()
        place: Any = ("127.0.0.1", 1)
        nobody: Any = None
        protocol = cast(Any, Protocol())
        self.server: Any = DirectServer(
            self.ours, protocol, place, nobody, 0, cast(Any, self.reactor)
        )

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
        self.ours.close()


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


def test_a_piece_goes_out_at_once(line: Line) -> None:
    line.server.write_at_once(b"one ")
    line.server.write_at_once(b"two")
    assert line.read() == b"one two"
    assert not line.waits()


def test_pieces_that_are_not_taken_wait_and_keep_their_order(line: Line) -> None:
    for piece in (b"a" * 10_000_000, b"b", b"c"):
        line.server.write_at_once(piece)
    assert line.waits()
    received = line.read()
    while line.waits():
        line.server.doWrite()
        received += line.read()
    assert received == b"a" * 10_000_000 + b"bc"
    line.server.write_at_once(b"d")
    assert (line.read(), line.waits()) == (b"d", False)


def test_a_piece_for_which_there_is_no_room_waits(line: Line) -> None:
    while True:
        try:
            line.server.socket.send(b"a" * 1000)
        except BlockingIOError:
            break
    line.server.write_at_once(b"b")
    assert line.waits()
    line.read()
    line.server.doWrite()
    assert line.read() == b"b"


def test_nothing_is_written_after_the_last_words(line: Line) -> None:
    line.server.write_at_once(b"a")
    line.server.loseConnection()
    line.server.doWrite()
    failure: Any = Failure
    line.server.connectionLost(failure(ConnectionDone()))
    line.server.write_at_once(b"b")
    assert line.read() == b"a"


def test_a_client_that_is_gone_is_noticed_by_the_loop_after_a_piece(line: Line) -> None:
    line.client.close()
    line.server.write_at_once(b"a")
    assert line.waits()
    assert isinstance(line.server.doWrite(), Exception)


class Channel:
    """As much of an HTTP connection as a request needs to answer."""

    def __init__(self, transport: Any) -> None:
        self.transport = transport

    def writeHeaders(self, version: bytes, code: bytes, reason: bytes, headers: object) -> None:
        self.transport.write(b"headers|")

    def writeSequence(self, parts: Iterable[bytes]) -> None:
        self.transport.writeSequence(parts)

    def write(self, data: bytes) -> None:
        self.transport.write(data)


def _request(line: Line, version: bytes) -> Any:
    request: Any = Request.__new__(Request)
    request.__dict__.update(
        channel=Channel(line.server), responseHeaders=Headers(), cookies=[], clientproto=version
    )
    request.method = b"POST"
    return request


def test_an_answer_is_written_in_chunks(line: Line) -> None:
    write = writer_to(_request(line, b"HTTP/1.1"))
    assert write is not None
    write(b"first")
    write(b"and a second one")
    assert line.read() == b"headers|5\r\nfirst\r\n10\r\nand a second one\r\n"


def test_an_old_client_gets_it_without_chunks(line: Line) -> None:
    write = writer_to(_request(line, b"HTTP/1.0"))
    assert write is not None
    write(b"first")
    write(b"second")
    assert line.read() == b"headers|firstsecond"


def test_a_client_that_is_gone_is_written_nothing(line: Line) -> None:
    request = _request(line, b"HTTP/1.1")
    write = writer_to(request)
    assert write is not None
    write(b"first")
    request.channel = None
    write(b"second")
    assert line.read().endswith(b"first\r\n")


def test_another_server_is_left_alone() -> None:
    assert writer_to(object()) is None


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
