"""Limits on clients that are slow on purpose, each of which would hold a connection for nothing.

Twisted closes a connection that is silent for a minute, and takes 16 KiB of headers in 500 lines at
most. What is missing there is here: a request that drips in, and an answer that nobody reads.
"""

import socket
from typing import Any

from twisted.web.http import HTTPChannel

GRACE_S = 20.0
"""Headers and small bodies are here by then, over any line that a person can work on."""
LEAST_RATE = 1024
"""Bytes per second, on average, of what takes longer: a hundredth of a bad mobile line."""
UNREAD_S = 120
"""How long an answer may lie unread: longer than a laptop needs to change its network."""


class PatientChannel(HTTPChannel):
    """A connection whose requests have to come in at some speed, and whose answers must be read."""

    _begun: float | None = None
    _received = 0

    def connectionMade(self) -> None:
        super().connectionMade()
        _drop_unread(self.transport)

    def dataReceived(self, data: bytes) -> None:
        if not self._handlingRequest and self._is_too_slow(len(data)):
            self.forceAbortClient()
            return
        super().dataReceived(data)

    def allContentReceived(self) -> None:
        self._begun = None
        super().allContentReceived()

    def _is_too_slow(self, size: int) -> bool:
        moment = self.factory.reactor.seconds()
        if self._begun is None:
            self._begun, self._received = moment, 0
        self._received += size
        late = moment - self._begun - GRACE_S
        return bool(late > 0 and self._received < late * LEAST_RATE)


def _drop_unread(transport: Any) -> None:
    """The kernel then ends a connection whose other side takes nothing, though it may be alive."""
    handle = getattr(transport, "getHandle", lambda: None)()
    option = getattr(socket, "TCP_USER_TIMEOUT", None)  # Linux has it
    if isinstance(handle, socket.socket) and option is not None and handle.family != socket.AF_UNIX:
        handle.setsockopt(socket.IPPROTO_TCP, option, UNREAD_S * 1000)


def limit_slow_clients() -> None:
    """Makes this process's server serve its connections so."""
    from daphne.http_protocol import HTTPFactory

    HTTPFactory.protocol = PatientChannel
