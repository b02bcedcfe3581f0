"""What a model client is asked and what it answers."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from execution.clients.cooldown import Cooldown
from execution.logic.chat_messages import ChatMessage
from models_config.logic.credentials import ProviderChoice


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model has to call; its arguments are the answer."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One call. `cache` allows cache marks; `input_tokens` is our own estimate of its size; `role`
    says who asks, which no provider is told."""

    choice: ProviderChoice
    messages: tuple[ChatMessage, ...] = field(repr=False)
    temperature: float
    top_p: float
    stop: tuple[str, ...] = ()
    tool: Tool | None = None
    cache: bool = True
    input_tokens: int = 0
    role: str = ""


class Usage(msgspec.Struct, frozen=True):
    """Tokens as the provider counted them. `input` includes what came from its cache and what was
    written to it; `cost` are dollars, where the provider says them."""

    input: int = 0
    output: int = 0
    cached: int = 0
    reasoning: int = 0
    cache_write: int = 0
    cost: float | None = None


class Delta(msgspec.Struct, frozen=True, gc=False):
    """One step of an answer; a function call's arguments come as `text`. `chunks` of the provider
    are joined in it; the first of them may have `waited` so many seconds to be read.

    A struct, because hundreds of runs make one for each chunk.
    """

    text: str = ""
    reasoning: str = ""
    finish: str | None = None
    usage: Usage | None = None
    chunks: int = 1
    waited: float = 0.0


class ModelClient(Protocol):
    """Failures are `execution.logic.model_errors.ModelError`, before or during the stream."""

    @property
    def cooldown(self) -> Cooldown: ...

    def stream(self, request: ModelRequest) -> AsyncGenerator[Delta, None]: ...

    async def close(self) -> None: ...
