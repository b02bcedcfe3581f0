"""One request to the ASGI application, whose client can read while it is answered, and leave."""

import asyncio
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from plandex_server.handlers import Application
from tests.wire.client import Reply
from tests.wire.stream import SEPARATOR, Stream, read_stream

PATIENCE_S = 8.0
"""What never comes is noticed after this time."""


@lru_cache(maxsize=1)
def application() -> Application:
    return Application()


class Exchange:
    def __init__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        self._scope = {**scope_of("http", path, headers), "method": method, "scheme": "http"}
        self._body = body
        self._sent_body = False
        self._left = asyncio.Event()
        self._news = asyncio.Event()
        self.where = f"{method} {path}"
        self.status = 0
        self.headers: dict[str, str] = {}
        self.chunks: list[bytes] = []
        self.task = asyncio.get_running_loop().create_task(self._talk())

    async def _talk(self) -> None:
        try:
            await application()(self._scope, self._receive, self._send)
        finally:
            self._news.set()

    async def _receive(self) -> dict[str, Any]:
        if not self._sent_body:
            self._sent_body = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {
                name.decode().title(): value.decode() for name, value in message["headers"]
            }
        elif message.get("body"):
            self.chunks.append(message["body"])
        self._news.set()

    def leave(self) -> None:
        """The client closes the connection."""
        self._left.set()

    async def started(self) -> None:
        """Waits for status and headers."""
        await self._until(lambda: self.status != 0)

    async def reply(self) -> Reply:
        """The whole answer."""
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.shield(self.task)
        return Reply(self.status, self.headers, b"".join(self.chunks))

    async def left(self) -> None:
        """Closes the connection and waits until the server has noticed."""
        self.leave()
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.wait({self.task})

    async def _until(self, condition: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not condition():
                    if self.task.done():
                        self.task.result()
                        raise AssertionError(f"{self.where} ended: {self.status} {self.chunks}")
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{self.where}: {self.status}, only {self.chunks}") from None


class Viewer(Exchange):
    """A client that watches a stream."""

    @property
    def seen(self) -> Stream:
        """What has come so far; each frame is sent whole."""
        return read_stream(self.chunks, complete=False)

    async def until(self, kind: str, count: int = 1) -> None:
        """Waits for the message of a type."""
        await self._until(lambda: self.seen.types.count(kind) >= count)

    async def until_heartbeats(self, count: int) -> None:
        await self._until(lambda: b"".join(self.chunks).count(b"heartbeat" + SEPARATOR) >= count)

    async def until_text(self, text: str) -> None:
        """Waits until the reply's text contains this."""
        await self._until(lambda: text in self.seen.reply)

    async def end(self) -> Stream:
        """The whole stream, once the server has closed it."""
        reply = await self.reply()
        assert reply.status == 200, f"{self.where} → {reply.status}: {reply.body!r}"
        return read_stream(self.chunks)


def scope_of(kind: str, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """What an ASGI server says of a request or a WebSocket alike."""
    parts = urlsplit(path)
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8099),
    }
