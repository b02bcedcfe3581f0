"""Anthropic's own messages protocol."""

from collections.abc import AsyncGenerator
from typing import Any

from execution.clients.base import Delta, ModelRequest, Usage
from execution.clients.openai_client import CONNECT_S, imported
from execution.clients.shapes import anthropic_body
from execution.logic.model_errors import connection_error, http_error
from models_config.logic.credentials import ProviderChoice

_FINISH = {"max_tokens": "length", "tool_use": "stop", "end_turn": "stop", "stop_sequence": "stop"}


class AnthropicClient:
    """One per process: it keeps the connections."""

    def __init__(self) -> None:
        self._http: Any = None

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Delta, None]:
        anthropic = await imported("anthropic")
        try:
            events = await self._sdk(anthropic, request.choice).messages.create(
                **anthropic_body(request)
            )
            usage = Usage()
            async for event in events:
                usage = _counted(usage, event)
                delta = _delta(event, usage)
                if delta is not None:
                    yield delta
        except anthropic.APIStatusError as error:
            raise http_error(
                error.status_code, str(error.body or error.message), error.response.headers
            ) from None
        except (anthropic.AnthropicError, OSError) as error:
            raise connection_error(str(error)) from None

    def _sdk(self, anthropic: Any, choice: ProviderChoice) -> Any:
        if self._http is None:
            self._http = anthropic.DefaultAioHttpClient()
        return anthropic.AsyncAnthropic(
            api_key=choice.auth.api_key,
            base_url=choice.base_url,
            max_retries=0,
            timeout=anthropic.Timeout(None, connect=CONNECT_S),
            http_client=self._http,
        )

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None


def _counted(usage: Usage, event: Any) -> Usage:
    """The counts so far: input comes with the first event, output with the last ones."""
    if event.type == "message_start":
        given = event.message.usage
        read = given.cache_read_input_tokens or 0
        written = given.cache_creation_input_tokens or 0
        return Usage(input=given.input_tokens + read + written, cached=read)
    if event.type == "message_delta" and event.usage is not None:
        return Usage(usage.input, event.usage.output_tokens or 0, usage.cached)
    return usage


def _delta(event: Any, usage: Usage) -> Delta | None:
    if event.type == "content_block_delta":
        kind = event.delta.type
        if kind == "text_delta":
            return Delta(text=event.delta.text)
        if kind == "thinking_delta":
            return Delta(reasoning=event.delta.thinking)
        if kind == "input_json_delta":
            return Delta(text=event.delta.partial_json)
    if event.type == "message_delta" and event.delta.stop_reason:
        reason = event.delta.stop_reason
        return Delta(finish=_FINISH.get(reason, reason), usage=usage)
    return None
