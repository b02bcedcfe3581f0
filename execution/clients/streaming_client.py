"""What the clients of both protocols share: a request goes out by way of an SDK, and the answer is
read from its bytes."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any, ClassVar, Protocol

from execution.clients.base import Delta, ModelRequest
from execution.clients.failures import model_failures
from execution.clients.pool import HttpPool, SdkClients, imported, received
from execution.clients.vertex import GoogleTokens
from models_config.logic.credentials import ProviderChoice


class Reader(Protocol):
    """Reads one answer from its bytes, however they are cut."""

    done: bool

    def feed(self, received: bytes) -> Iterator[Delta]: ...

    def end(self) -> Iterator[Delta]: ...


class StreamingClient(ABC):
    """One of each per process."""

    sdk: ClassVar[str]
    """The module of the SDK, which is loaded with the first request."""

    def __init__(self, pool: HttpPool, tokens: GoogleTokens) -> None:
        self._pool = pool
        self._tokens = tokens
        self._sdks = SdkClients()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Delta, None]:
        choice = request.choice
        sdk = await imported(self.sdk)
        with model_failures(sdk, choice):
            response = await self._open(sdk, request)
            try:
                reader = await self._reader(choice, response)
                async with aclosing(received(response)) as pieces:
                    async for piece in pieces:
                        for delta in reader.feed(piece):
                            yield delta
                        if reader.done:
                            return
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
    async def _reader(self, choice: ProviderChoice, response: Any) -> Reader: ...
