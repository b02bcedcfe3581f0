"""What reading one chunk of a model's answer costs this process.

    python -m benchmarks.model_chunks [streams] [chunks]

A server in a process of its own streams to many readers at once, one chunk every 50 ms each.
Printed is the processor time of the reading process per chunk, from when all streams are open: of
our clients, of their readers alone, and of the SDKs' own chunk objects for comparison; and what
opening a stream costs.
"""

import asyncio
import base64
import binascii
import json
import multiprocessing
import struct
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from execution.clients.anthropic_stream import AnthropicReader
from execution.clients.aws_events import AwsEvents
from execution.clients.base import ModelRequest
from execution.clients.openai_stream import OpenAIReader
from execution.clients.router import ModelRouter
from execution.clients.sse import SseData
from execution.logic.chat_messages import text_message
from models_config.logic.credentials import Credentials, ProviderChoice, choose_provider
from models_config.logic.org_models import OrgModels

PAUSE_S = 0.05
TEXT = " some words of it,"
AUTH = {
    "openai": {"OPENAI_API_KEY": "k"},
    "anthropic": {"ANTHROPIC_API_KEY": "k"},
    "bedrock": {
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_REGION": "us-east-1",
    },
}
MODEL = {
    "openai": "openai/gpt-4.1",
    "anthropic": "anthropic/claude-sonnet-4",
    "bedrock": "anthropic/claude-sonnet-4",
}


def _data(value: object) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def _openai(delta: dict[str, str], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return _data(
        {
            "id": "chatcmpl-BvXhQzYq3nZkT1uVw",
            "object": "chat.completion.chunk",
            "created": 1_750_000_000,
            "model": "gpt-4.1-2025-04-14",
            "system_fingerprint": "fp_51e1070cf2",
            "choices": [choice],
        }
    )


def _event(kind: str, **fields: object) -> dict[str, object]:
    return {"type": kind, **fields}


ANTHROPIC_TEXT = _event("content_block_delta", index=0, delta={"type": "text_delta", "text": TEXT})
ANTHROPIC_END = _event(
    "message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 9}
)


def _named(event: dict[str, object]) -> bytes:
    return f"event: {event['type']}\n".encode() + _data(event)


def _aws(event: dict[str, object]) -> bytes:
    payload = json.dumps(
        {"bytes": base64.b64encode(json.dumps(event).encode()).decode(), "p": "abcdefgh"}
    ).encode()
    headers = {":event-type": "chunk", ":message-type": "event"}
    head = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(text)) + text.encode()
        for name, text in headers.items()
    )
    start = struct.pack(">II", 16 + len(head) + len(payload), len(head))
    whole = start + struct.pack(">I", binascii.crc32(start)) + head + payload
    return whole + struct.pack(">I", binascii.crc32(whole))


CHUNK = {
    "openai": _openai({"content": TEXT}, None),
    "anthropic": _named(ANTHROPIC_TEXT),
    "bedrock": _aws(ANTHROPIC_TEXT),
}
END = {
    "openai": _openai({}, "stop") + b"data: [DONE]\n\n",
    "anthropic": _named(ANTHROPIC_END) + _named(_event("message_stop")),
    "bedrock": _aws(ANTHROPIC_END),
}


def _wire(path: str) -> str:
    if path.startswith("/model/"):
        return "bedrock"
    return "anthropic" if path.startswith("/v1/messages") else "openai"


def _server(chunks: int, port: Connection) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        wire = _wire(head.split(b" ")[1].decode())
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
        )
        for _ in range(chunks):
            writer.write(CHUNK[wire])
            await asyncio.sleep(PAUSE_S)
        writer.write(END[wire])
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def _choice(wire: str, url: str) -> ProviderChoice:
    choice = choose_provider(MODEL[wire], OrgModels(), Credentials(AUTH[wire]))
    return replace(choice, base_url=url)


class Count:
    """Counts chunks and processor time from when all streams have their first chunk."""

    def __init__(self, streams: int) -> None:
        self._waiting = streams
        self._began = time.process_time()
        self.opening = self._start = self.spent = 0.0
        self.chunks = 0

    def opened(self) -> None:
        self._waiting -= 1
        if self._waiting == 0:
            self._start = time.process_time()
            self.opening = self._start - self._began

    def add(self) -> None:
        if self._waiting == 0:
            self.chunks += 1

    def end(self) -> None:
        self.spent = time.process_time() - self._start


async def _read(chunks: AsyncIterator[Any], count: Count) -> None:
    is_first = True
    async for _ in chunks:
        if is_first:
            is_first = False
            count.opened()
        else:
            count.add()


async def _ours(models: ModelRouter, choice: ProviderChoice, count: Count) -> None:
    request = ModelRequest(choice, (text_message("user", "Hi"),), temperature=0.3, top_p=0.9)
    async with aclosing(models.stream(request)) as stream:
        await _read(stream, count)


async def _sdk_openai(url: str, http: Any, count: Count) -> None:
    import openai

    sdk = openai.AsyncOpenAI(api_key="k", base_url=url, http_client=http, max_retries=0)
    stream = await sdk.chat.completions.create(
        model="m", messages=[{"role": "user", "content": "Hi"}], stream=True
    )
    await _read(stream, count)


async def _sdk_anthropic(url: str, http: Any, count: Count) -> None:
    import anthropic

    sdk = anthropic.AsyncAnthropic(api_key="k", base_url=url, http_client=http, max_retries=0)
    stream = await sdk.messages.create(
        model="m", messages=[{"role": "user", "content": "Hi"}], max_tokens=9, stream=True
    )
    await _read(stream, count)


async def _measured(name: str, streams: int, once: Callable[[Count], Awaitable[None]]) -> None:
    await once(Count(1))  # imports, first connections
    count = Count(streams)
    await asyncio.gather(*(once(count) for _ in range(streams)))
    count.end()
    chunk, opening = count.spent / count.chunks * 1e6, count.opening / streams * 1e6
    print(f"{name:<30}{chunk:6.1f} µs per chunk, {opening:6.0f} µs to open, {count.chunks} chunks")


async def _over_http(url: str, streams: int) -> None:
    import openai

    models = ModelRouter()
    for wire in CHUNK:
        once = partial(_ours, models, _choice(wire, url))
        await _measured(f"{wire}, our client", streams, once)
    await models.close()
    http = openai.DefaultAioHttpClient()
    await _measured("openai, the SDK's objects", streams, partial(_sdk_openai, url, http))
    await _measured("anthropic, the SDK's objects", streams, partial(_sdk_anthropic, url, http))
    await http.aclose()


def _alone(repeats: int = 20_000) -> None:
    """The readers without a network."""
    for wire, chunk in CHUNK.items():
        choice = _choice(wire, "http://localhost")
        reader: OpenAIReader | AnthropicReader
        if wire == "openai":
            reader = OpenAIReader(choice)
        else:
            reader = AnthropicReader(choice, AwsEvents(choice) if wire == "bedrock" else SseData())
        start = time.process_time()
        count = sum(1 for _ in range(repeats) for _ in reader.feed(chunk))
        spent = time.process_time() - start
        print(f"{wire + ', reader alone':<30}{spent / count * 1e6:6.1f} µs per chunk")


def main() -> None:
    streams, chunks = (int(arg) for arg in (*sys.argv[1:], "100", "100")[:2])
    _alone()
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=_server, args=(chunks, theirs), daemon=True
    )
    server.start()
    url = f"http://127.0.0.1:{ours.recv()}"
    try:
        asyncio.run(_over_http(url, streams))
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
