"""Answers go out at once where the kernel takes them.

Twisted buffers every write, asks the event loop to say when the socket is ready, and asks it again
to say no more: two system calls and a pass of the loop for each frame of a stream, as much as the
rest of sending it.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from twisted.internet import tcp
from twisted.web.http import Request


class DirectServer(tcp.Server):
    """A connection that writes directly while nothing of it waits. Twisted has few types."""

    _directly = False

    def write(self, data: bytes) -> None:
        self._directly = self._is_clear
        super().write(data)  # type: ignore[no-untyped-call]
        self._directly = False

    def writeSequence(self, iovec: Iterable[bytes]) -> None:
        self._directly = self._is_clear
        super().writeSequence(iovec)  # type: ignore[no-untyped-call]
        self._directly = False

    def write_at_once(self, data: bytes) -> None:
        """The same as `write`, by one call of the kernel, for what is written again and again."""
        taken = 0
        if self.connected and self._is_clear and not self._writeDisconnected:
            try:
                taken = self.socket.send(data)
            except OSError:
                # It is full, or broken: the event loop will tell.
                super().write(data)  # type: ignore[no-untyped-call]
                return
        if taken < len(data):
            self.write(data[taken:])

    @property
    def _is_clear(self) -> bool:
        ends = self.disconnecting or self._writeDisconnecting
        return not (ends or self._tempDataLen or self.dataBuffer)

    def startWriting(self) -> None:
        """What the kernel does not take now waits for it; so does a failure, which it repeats."""
        if self._directly:
            self._directly = False
            self.doWrite()  # type: ignore[no-untyped-call]
            if self._is_clear:
                return
        super().startWriting()  # type: ignore[no-untyped-call]


def writer_to(request: object) -> Callable[[bytes], None] | None:
    """What writes a piece of the answer to a request of Twisted's; None for another one."""
    return partial(_write, request) if isinstance(request, Request) else None


def _write(request: Any, piece: bytes) -> None:
    channel = request.channel
    if channel is None or request.finished:
        return  # the client is gone, as its view is told
    if request.chunked and isinstance(channel.transport, DirectServer):
        channel.transport.write_at_once(b"%x\r\n%b\r\n" % (len(piece), piece))
    else:
        request.write(piece)


def write_directly() -> None:
    """Makes this process's server serve its connections so."""
    tcp.Port.transport = DirectServer
