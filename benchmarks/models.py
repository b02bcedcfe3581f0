"""A scripted model provider for benchmarks: OpenAI's streaming protocol, answers without thinking.

The role is the model's name (`bench-coder`), the script the word after `script:` in the prompt.
"""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from typing import Any

WORDS = 400
FILES = 40
SCRIPT = re.compile(r"script:(\w+)")

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
FIXED = {
    "names": "<planName>bench-plan</planName><name>bench-name</name>",
    "commit-messages": "<commitMsg>Add files</commitMsg>",
    "auto-continue": "<subtaskStatus><reasoning>done</reasoning>"
    "<subtaskFinished>true</subtaskFinished></subtaskStatus>",
    "summarizer": "## Summary of the plan so far:\n\nFiles were added.",
    "builder": "<PlandexCorrect/>",
}


def answer(role: str, script: str) -> str:
    """The whole answer of a role."""
    if role in FIXED:
        return FIXED[role]
    if script == "files":
        return _tasks() if role == "planner" else _files()
    return " ".join(f"w{number:04d}" for number in range(WORDS)) + " "


def _tasks() -> str:
    return "### Tasks\n\n1. Write the files\nUses: `many/f0.py`\n\n<PlandexFinish/>"


def _files() -> str:
    blocks = [
        f"- many/f{number}.py:\n"
        f'<PlandexBlock lang="python" path="many/f{number}.py">\n'
        f"def f{number}():\n    return {number}\n</PlandexBlock>\n"
        for number in range(FILES)
    ]
    return "\n".join(blocks) + "\n**Write the files** has been completed.\n\n<PlandexFinish/>"


class ModelServer:
    """`clock_chunks` chunks, one every `clock_s` seconds, each with its number and the time at
    which it left, are the answer to the script `clock`."""

    def __init__(self, *, clock_chunks: int = 200, clock_s: float = 0.05) -> None:
        self.clock_chunks, self.clock_s = clock_chunks, clock_s
        self.url = ""
        self._server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._handle, "127.0.0.1", port, limit=1 << 28)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def stop(self) -> None:
        assert self._server is not None, "it was started"
        self._server.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").lower()
                length = re.search(r"content-length: (\d+)", head)
                body = await reader.readexactly(int(length[1]) if length else 0)
                await self.answer_request(json.loads(body), writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client is gone, or the benchmark is over
        finally:
            writer.close()

    async def answer_request(self, request: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        role = request["model"].removeprefix("bench-")
        scripts = SCRIPT.findall(json.dumps(request["messages"]))
        script = scripts[-1] if scripts else ""
        begin(writer)
        if script == "clock" and role not in FIXED:
            for number in range(self.clock_chunks):
                send(writer, f"w{number:05d}@{time.time():.4f} ")
                await writer.drain()
                await asyncio.sleep(self.clock_s)
        else:
            for piece in _pieces(answer(role, script), request.get("stop") or []):
                send(writer, piece)
            await writer.drain()
        end(writer)
        await writer.drain()


def _pieces(text: str, stop: list[str]) -> Iterator[str]:
    for sequence in stop:
        text = text.partition(sequence)[0]
    for start in range(0, len(text), 12):
        yield text[start : start + 12]


def begin(writer: asyncio.StreamWriter) -> None:
    writer.write(_HEAD)


def send(writer: asyncio.StreamWriter, text: str) -> None:
    _send_chunk(writer, {"content": text})


def end(writer: asyncio.StreamWriter) -> None:
    _send_chunk(writer, {}, finish="stop")
    _send_raw(writer, b"data: [DONE]\n\n")
    writer.write(b"0\r\n\r\n")


def _send_chunk(
    writer: asyncio.StreamWriter, delta: dict[str, str], finish: str | None = None
) -> None:
    chunk = {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    if finish:
        chunk["usage"] = {"prompt_tokens": 1, "completion_tokens": 1}  # type: ignore[assignment]
    _send_raw(writer, b"data: " + json.dumps(chunk).encode() + b"\n\n")


def _send_raw(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
