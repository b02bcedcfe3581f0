"""Server-sent events as providers write them, cut at any byte."""

from collections.abc import Iterator

from execution.clients.failures import unreadable

MAX_EVENT = 4 * 1024 * 1024
"""No chunk of an answer is this long; without a limit a broken provider would fill the memory."""


class SseData:
    """Gives the `data` of each event as soon as it is complete.

    More patient than the standard: an event that is one whole JSON object on one line does not
    wait for the empty line after it, since some servers send none. Comments (keep-alives) and
    other fields are passed over. A bare JSON object counts as data: gateways send errors so.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._size = 0

    def feed(self, received: bytes) -> Iterator[bytes]:
        """The events that these bytes complete; those before a broken one come first."""
        *lines, self._rest = (self._rest + received).split(b"\n")
        for line in lines:
            event = self._read(line)
            if event is not None:
                yield event
        if len(self._rest) > MAX_EVENT:
            raise unreadable("an event without an end")

    def end(self) -> Iterator[bytes]:
        """What is left when the stream has ended, with or without its last empty line; not an
        event that was cut in the middle."""
        rest, self._rest = self._rest, b""
        for line in (rest, b""):
            event = self._read(line)
            if event is not None and event[-1:] in (b"}", b"]"):
                yield event

    def _read(self, line: bytes) -> bytes | None:
        if line.startswith(b"data:"):
            data = line[5:].strip()
            whole = (data[:1] == b"{" and data[-1:] == b"}") or data == b"[DONE]"
            if whole and not self._lines:
                return data
            self._keep(data)
        elif line[:1] == b"{":
            self._keep(line.strip())
        elif self._lines:
            return self._further(line.strip())
        return None

    def _further(self, line: bytes) -> bytes | None:
        """A line after the first of an event that has several."""
        if not line:
            event, self._lines, self._size = b"\n".join(self._lines), [], 0
            return event
        if self._lines[0][:1] == b"{" and line[:1] in b'"{}[]':
            self._keep(line)  # of a bare object; other fields of an event say nothing
        return None

    def _keep(self, data: bytes) -> None:
        self._lines.append(data)
        self._size += len(data) + 1  # so that empty lines have an end too
        if self._size > MAX_EVENT:
            raise unreadable("an event without an end")


class WholeBody:
    """A body that is one object, in the place of `SseData`."""

    def __init__(self) -> None:
        self._body = bytearray()

    def feed(self, received: bytes) -> Iterator[bytes]:
        self._body += received
        if len(self._body) > MAX_EVENT:
            raise unreadable("an answer that is too long")
        return iter(())

    def end(self) -> Iterator[bytes]:
        yield bytes(self._body)
