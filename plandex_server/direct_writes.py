"""Answers go out at once where the kernel takes them.

Twisted buffers every write, asks the event loop to say when the socket is ready, and asks it again
to say no more: two system calls and a pass of the loop for each frame of a stream, as much as the
rest of sending it.
"""

from collections.abc import Iterable

from twisted.internet import tcp


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


def write_directly() -> None:
    """Makes this process's server serve its connections so."""
    tcp.Port.transport = DirectServer
