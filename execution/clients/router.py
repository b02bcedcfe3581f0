"""The model client of this process: each request goes to the client of its protocol."""

from collections.abc import AsyncGenerator

from execution.clients.anthropic_client import AnthropicClient
from execution.clients.base import Delta, ModelRequest
from execution.clients.cooldown import Cooldown
from execution.clients.openai_client import OpenAIClient
from execution.clients.pool import HttpPool
from execution.clients.vertex import GoogleTokens, is_anthropic
from execution.logic.model_errors import unsupported
from models_config.logic.catalog import CLAUDE_MAX_PROVIDER, Transport
from models_config.logic.credentials import NO_SUBSCRIPTION

_process = Cooldown()
"""Routers come and go with their event loops; what is known of the providers stays."""


class ModelRouter:
    """All providers, over one pool of connections."""

    def __init__(self) -> None:
        self.cooldown = _process
        self._pool = HttpPool()
        self.tokens = GoogleTokens(self._pool)
        self._openai = OpenAIClient(self._pool, self.tokens)
        self._anthropic = AnthropicClient(self._pool, self.tokens)

    def stream(self, request: ModelRequest) -> AsyncGenerator[Delta, None]:
        """Raises `ModelError`, at once or while the answer is read."""
        choice = request.choice
        if choice.provider == CLAUDE_MAX_PROVIDER:
            raise unsupported(NO_SUBSCRIPTION)
        match choice.transport:
            case Transport.ANTHROPIC | Transport.BEDROCK:
                return self._anthropic.stream(request)
            case Transport.VERTEX if is_anthropic(choice):
                return self._anthropic.stream(request)
            case _:
                return self._openai.stream(request)

    async def close(self) -> None:
        """Closes the connections; a later call opens new ones."""
        self._openai.forget()
        self._anthropic.forget()
        self.tokens.forget()
        await self._pool.close()
