"""What the clients of both protocols share: a request goes out by way of an SDK, and the answer is
read from its bytes."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any, ClassVar, Protocol

from msgspec.structs import replace

from execution.clients.base import Delta, ModelRequest
from execution.clients.failures import model_failures
from execution.clients.pool import HttpPool, SdkClients, imported, received
from execution.clients.reading import Reading
from execution.clients.vertex import GoogleTokens
from execution.logic.model_errors import ModelError


class Reader(Protocol):
    """Reads one answer from its bytes, however they are cut."""

    done: bool

    def feed(self, received: bytes) -> Iterator[Delta]: ...

    def end(self) -> Iterator[Delta]: ...


def joined(deltas: Iterator[Delta]) -> Iterator[Delta]:
    """What arrived together, as one step. The further the process is behind its providers, the more
    arrives at once, so a chunk costs the less the more there are. What came before a failure comes
    before it still."""
    held: list[Delta] = []
    try:
        for delta in deltas:
            is_last = delta.finish is not None or delta.usage is not None
            if held and (is_last or (delta.reasoning and held[-1].text)):
                yield _one(held)
                held.clear()
            if is_last:
                yield delta
            else:
                held.append(delta)
    except ModelError:
        if held:
            yield _one(held)
        raise
    if held:
        yield _one(held)


def _one(held: list[Delta]) -> Delta:
    """Thoughts come before the text; a thought after text is held apart."""
    if len(held) == 1:
        return held[0]
    return Delta(
        "".join([delta.text for delta in held]),
        "".join([delta.reasoning for delta in held]),
        chunks=len(held),
    )


class StreamingClient(ABC):
    """One of each per process."""

    sdk: ClassVar[str]
    """The module of the SDK, which is loaded with the first request."""

    def __init__(self, pool: HttpPool, tokens: GoogleTokens) -> None:
        self._pool = pool
        self._tokens = tokens
        self._reading = Reading()
        self._sdks = SdkClients()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Delta, None]:
        choice = request.choice
        sdk = await imported(self.sdk)
        with model_failures(sdk, choice):
            response = await self._open(sdk, request)
            try:
                reader = await self._reader(request, response)
                waited = 0.0
                with self._reading.stream():
                    async with aclosing(received(response)) as pieces:
                        async for piece in pieces:
                            for delta in joined(reader.feed(piece)):
                                yield replace(delta, waited=waited) if waited else delta
                            if reader.done:
                                return
                            waited = await self._reading.pause()
                for delta in reader.end():
                    yield delta
            finally:
                await response.aclose()

    def forget(self) -> None:
        self._sdks.clear()

    @abstractmethod
    async def _open(self, sdk: Any, request: ModelRequest) -> Any:
        """The opened response."""

    @abstractmethod
    async def _reader(self, request: ModelRequest, response: Any) -> Reader: ...
