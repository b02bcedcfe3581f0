"""Bodies reach the view as they were sent."""

from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet.testing import StringTransport
from twisted.web.http import HTTPChannel

from plandex_server.plain_requests import PlainRequest


class _Noting(PlainRequest):
    def process(self) -> None:
        self.channel.factory.bodies.append(self.content.read())
        self.setHeader(b"content-length", b"0")
        super().finish()


@pytest.mark.parametrize(
    "kind",
    [
        b"application/json",
        b"application/x-www-form-urlencoded",
        b"multipart/form-data",
        b"multipart/form-data; boundary=x",
        b"no type at all; ;;",
    ],
)
def test_it_works(kind: bytes) -> None:
    make: Any = HTTPChannel
    channel = make()
    channel.requestFactory = _Noting
    server = SimpleNamespace(protocol_connected=_nothing, protocol_disconnected=_nothing)
    channel.factory = SimpleNamespace(server=server, bodies=[], log=_nothing)
    channel.factory._nullRequestLog = True
    make_transport: Any = StringTransport
    channel.makeConnection(make_transport())
    head = b"POST /x HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\nContent-Type: "
    channel.dataReceived(head + kind + b"\r\n\r\na=b&c")
    assert channel.factory.bodies == [b"a=b&c"]
    channel.setTimeout(None)


def _nothing(_: object) -> None: ...
