"""A WebSocket to the ASGI application."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from tests.execution.runs.exchange import PATIENCE_S, application, scope_of

Frame = dict[str, Any]


class Socket:
    """`code` is what the server closed it with."""

    def __init__(self, path: str, headers: Mapping[str, str]) -> None:
        self._scope = {**scope_of("websocket", path, headers), "scheme": "ws", "subprotocols": []}
        self._to_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._to_server.put_nowait({"type": "websocket.connect"})
        self._news = asyncio.Event()
        self.frames: list[Frame] = []
        self.code = 0
        self.task = asyncio.get_running_loop().create_task(self._talk())

    async def _talk(self) -> None:
        await application()(self._scope, self._to_server.get, self._send)

    async def _send(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "websocket.send":
            self.frames.append(json.loads(message["text"]))
        elif message["type"] == "websocket.close":
            self.code = message["code"]
            self.leave()
        self._news.set()

    def leave(self) -> None:
        self._to_server.put_nowait({"type": "websocket.disconnect", "code": 1000})

    def say(self, value: object) -> None:
        self.say_raw(json.dumps(value))

    def say_raw(self, text: str | None, data: bytes | None = None) -> None:
        self._to_server.put_nowait({"type": "websocket.receive", "text": text, "bytes": data})

    async def closed(self) -> int:
        """Waits until the server has closed it."""
        await self._until(lambda: self.code != 0)
        return self.code

    async def until(self, kind: str, count: int = 1) -> Frame:
        """Waits for the event of a type."""
        await self._until(lambda: len(self._of(kind)) >= count)
        return self._of(kind)[count - 1]

    async def error(self) -> Frame:
        """Waits for the first error frame."""
        await self._until(lambda: any("error" in frame for frame in self.frames))
        found: Frame = next(frame["error"] for frame in self.frames if "error" in frame)
        return found

    @property
    def shown(self) -> list[tuple[int, str]]:
        """Numbers and types of the events so far."""
        return [(frame["n"], frame["event"]["type"]) for frame in self.frames if "n" in frame]

    @property
    def reply(self) -> str:
        events = (frame["event"] for frame in self.frames if "n" in frame)
        return "".join(event.get("replyChunk", "") for event in events)

    def _of(self, kind: str) -> list[Frame]:
        return [frame for frame in self.frames if frame.get("event", {}).get("type") == kind]

    async def _until(self, condition: Any) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not condition():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"only {self.frames}, {self.code}") from None
