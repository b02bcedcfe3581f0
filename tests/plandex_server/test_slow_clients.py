"""Clients that send or read so slowly that they would hold a connection for nothing."""

import socket
from typing import Any, cast

import pytest
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection
from twisted.web.http import HTTPFactory, Request

from plandex_server.slow_clients import GRACE_S, LEAST_RATE, PatientChannel, _drop_unread

HEAD = b"POST /x HTTP/1.1\r\nHost: here\r\n"


class Line:
    """A connection with its own clock, whose requests are answered with how much they sent."""

    def __init__(self) -> None:
        self.clock = Clock()
        factory: Any = HTTPFactory(reactor=cast(Any, self.clock))
        factory.protocol = PatientChannel
        self.channel: Any = factory.buildProtocol(None)
        self.channel.requestFactory = _Answering
        self.transport: Any = _Transport()
        self.transport.protocol = self.channel
        self.channel.makeConnection(self.transport)

    def send(self, data: bytes, *, after: float = 0) -> None:
        self.clock.advance(after)
        if self.is_open:
            self.channel.dataReceived(data)

    @property
    def is_open(self) -> bool:
        return bool(self.transport.connected)

    @property
    def answers(self) -> int:
        return int(self.transport.value().count(b"HTTP/1.1 200"))


class _Transport(StringTransportWithDisconnection):
    def unregisterProducer(self) -> None:
        """Real ones take it twice, as a channel does that refuses a request."""
        self.producer = None


class _Answering(Request):
    def process(self) -> None:
        self.setHeader(b"content-length", b"0")
        self.finish()


@pytest.fixture
def line() -> Line:
    return Line()


def test_requests_on_a_kept_connection_are_answered(line: Line) -> None:
    for _ in range(3):
        line.send(HEAD + b"Content-Length: 3\r\n\r\n")
        line.send(b"abc", after=GRACE_S - 1)
    assert line.answers == 3
    assert line.is_open


def test_dripping_headers_end_the_connection(line: Line) -> None:
    line.send(HEAD)
    for _ in range(10):
        line.send(b"X-Drip: 1\r\n", after=5)
    assert not line.is_open
    assert line.answers == 0


def test_a_dripping_body_ends_the_connection(line: Line) -> None:
    line.send(HEAD + b"Content-Length: 100000\r\n\r\n")
    for _ in range(10):
        line.send(b"x", after=5)
    assert not line.is_open


def test_a_slow_honest_upload_gets_through(line: Line) -> None:
    size = 100
    line.send(HEAD + b"Content-Length: %d\r\n\r\n" % (size * LEAST_RATE * 2))
    for _ in range(size):
        line.send(b"x" * LEAST_RATE * 2, after=1)
    assert line.answers == 1


def test_waiting_between_requests_does_not_count(line: Line) -> None:
    line.send(HEAD + b"Content-Length: 0\r\n\r\n")
    line.send(HEAD, after=55)
    line.send(b"Content-Length: 0\r\n\r\n", after=GRACE_S - 1)
    assert line.answers == 2


def test_silence_ends_the_connection(line: Line) -> None:
    line.send(HEAD)
    line.clock.advance(61)
    assert not line.is_open


@pytest.mark.parametrize(
    "headers",
    [b"X-Long: " + b"x" * 17_000 + b"\r\n", b"".join(b"X-%d: 1\r\n" % n for n in range(600))],
)
def test_too_many_headers_are_refused(line: Line, headers: bytes) -> None:
    line.send(HEAD + headers + b"\r\n")
    assert line.answers == 0
    assert not line.is_open


def test_an_unread_answer_ends_the_connection_in_the_kernel() -> None:
    class Transport:
        def getHandle(self) -> socket.socket:
            return made

    with socket.socket() as made:
        _drop_unread(Transport())
        assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 120_000
