"""A provider on this machine that plays scripted answers, byte by byte as written."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "data" / "providers"
EVENTS = "text/event-stream"


def recorded(name: str) -> bytes:
    return (DATA / name).read_bytes()


@dataclass(frozen=True)
class Answer:
    """`cut` leaves out the end of the body, `reset` tears the connection, `hang` keeps it open."""

    pieces: Sequence[bytes] = ()
    status: int = 200
    content_type: str = EVENTS
    headers: dict[str, str] = field(default_factory=dict)
    end: str = "whole"


def error(status: int, body: Any, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer([text], status, "application/json", named)


@dataclass(frozen=True)
class Received:
    method: str
    target: str
    """The path exactly as it came."""
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


class Provider:
    """Answers its requests in turn; the last answer is repeated."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.connections: list[asyncio.StreamWriter] = []
        self.requests: list[Received] = []
        self.url = ""

    async def __aenter__(self) -> "Provider":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for writer in self.connections:
            writer.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(writer)
        try:
            while await self._once(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        except asyncio.CancelledError:
            return  # the scene is over; asyncio would report it as an error
        finally:
            writer.close()

    async def _once(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        exact = {
            line.split(": ", 1)[0].lower(): line.split(": ", 1)[1] for line in head[1:] if line
        }
        raw = await reader.readexactly(int(headers.get("content-length", "0")))
        self.requests.append(Received(method, target, exact, raw))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return await self._play(answer, reader, writer)

    async def _play(
        self, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        if answer.end == "reset" and not answer.pieces:
            writer.transport.abort()
            return False
        lines = [
            f"HTTP/1.1 {answer.status} Scripted",
            f"content-type: {answer.content_type}",
            "transfer-encoding: chunked",
            *(f"{name}: {value}" for name, value in answer.headers.items()),
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        for piece in filter(None, answer.pieces):
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await writer.drain()
            await asyncio.sleep(0)
        if answer.end == "hang":
            await reader.read()
            return False
        if answer.end in ("cut", "reset"):
            await asyncio.sleep(0.02)  # so that what was written arrives before the end does
            if answer.end == "reset":
                writer.transport.abort()
            return False
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True
