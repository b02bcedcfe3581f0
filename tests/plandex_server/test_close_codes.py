"""WebSockets that break a rule learn which one."""

import struct
from typing import Any, cast

import pytest
from autobahn.twisted.websocket import WebSocketServerProtocol
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection

from plandex_server.close_codes import TellingFactory

MOST = 1000
MASK = b"\x00\x00\x00\x00"
HELLO = (
    b"GET /ws HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Heard(WebSocketServerProtocol):
    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        self.factory.heard.append(payload)


class Line:
    """An open connection with its own clock."""

    def __init__(self) -> None:
        self.clock = Clock()
        factory: Any = TellingFactory(None, reactor=self.clock)
        factory.setProtocolOptions(maxMessagePayloadSize=MOST, maxFramePayloadSize=MOST)
        factory.protocol, factory.heard = Heard, []
        self.heard: list[bytes] = factory.heard
        self.transport: Any = cast(Any, _Transport)()
        self.protocol: Any = factory.buildProtocol(None)
        self.transport.protocol = self.protocol
        self.protocol.makeConnection(self.transport)
        self.send(HELLO)
        assert self.said.startswith(b"HTTP/1.1 101")
        self.transport.clear()

    def send(self, data: bytes) -> None:
        self.protocol.dataReceived(data)
        self.clock.advance(0)

    @property
    def said(self) -> bytes:
        return bytes(self.transport.value())

    @property
    def close_code(self) -> int:
        assert self.said[:1] == b"\x88", "a close frame"
        return int(struct.unpack("!H", self.said[2:4])[0])


class _Transport(StringTransportWithDisconnection):
    def unregisterProducer(self) -> None:
        """Real ones take it without a producer."""
        self.producer = None


def frame(size: int, *, opcode: int = 1) -> bytes:
    return struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size) + MASK + b"a" * size


@pytest.fixture
def line() -> Line:
    return Line()


def test_it_works(line: Line) -> None:
    line.send(frame(MOST))
    assert line.heard == [b"a" * MOST]
    assert line.transport.connected


def test_a_message_that_is_too_large_ends_with_its_code(line: Line) -> None:
    large = frame(MOST + 1)
    line.send(large[:500])
    assert line.close_code == 1009
    line.send(large[500:] + frame(200))
    assert line.heard == []


def test_a_broken_rule_ends_with_its_code(line: Line) -> None:
    line.send(frame(200, opcode=5))
    assert line.close_code == 1002
    assert line.heard == []
