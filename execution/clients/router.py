"""The model client of this process: each request goes to the client of its protocol."""

from collections.abc import AsyncGenerator

from execution.clients.anthropic_client import AnthropicClient
from execution.clients.base import Delta, ModelRequest
from execution.clients.openai_client import OpenAIClient
from execution.logic.model_errors import ModelError, unsupported
from models_config.logic.catalog import Transport

_NATIVE_ONLY = {Transport.VERTEX, Transport.BEDROCK}


class ModelRouter:
    def __init__(self) -> None:
        self._openai = OpenAIClient()
        self._anthropic = AnthropicClient()

    def stream(self, request: ModelRequest) -> AsyncGenerator[Delta, None]:
        """Raises `ModelError` for a provider that this server can't reach."""
        transport = request.choice.transport
        if transport is Transport.ANTHROPIC:
            return self._anthropic.stream(request)
        if transport in _NATIVE_ONLY:
            raise self._refusal(transport)
        return self._openai.stream(request)

    @staticmethod
    def _refusal(transport: Transport) -> ModelError:
        return unsupported(
            f"This server does not reach models through {transport} yet; "
            "choose another provider of the model"
        )

    async def close(self) -> None:
        await self._openai.close()
        await self._anthropic.close()
