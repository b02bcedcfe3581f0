"""Providers that speak OpenAI's chat completions.

The SDK sends requests and reports errors; its streams are read as lines and decoded by a typed
decoder, which costs a fifth of the SDK's own chunk objects.
"""

import asyncio
from collections.abc import AsyncGenerator
from importlib import import_module
from typing import Any

import msgspec

from execution.clients.base import Delta, ModelRequest, Usage
from execution.clients.shapes import openai_body
from execution.logic.model_errors import ModelError, connection_error, http_error
from models_config.logic.catalog import Transport
from models_config.logic.credentials import ProviderChoice

CONNECT_S = 10.0
"""A provider that accepts no connection in this time is down; waiting longer helps nobody."""


async def imported(name: str) -> Any:
    """A provider's SDK. Importing one takes a second, which the event loop must not lose."""
    if name not in _imported:
        # Not `sys.modules`: a module is listed there before it is complete.
        _imported[name] = await asyncio.to_thread(import_module, name)
    return _imported[name]


_imported: dict[str, Any] = {}


class _Arguments(msgspec.Struct):
    arguments: str | None = None


class _ToolCall(msgspec.Struct):
    function: _Arguments | None = None


class _Text(msgspec.Struct):
    content: str | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(msgspec.Struct):
    delta: _Text | None = None
    finish_reason: str | None = None


class _InputDetails(msgspec.Struct):
    cached_tokens: int | None = None


class _OutputDetails(msgspec.Struct):
    reasoning_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: Any = None


_decode = msgspec.json.Decoder(_Chunk).decode
_NO_TEXT = _Text()


class OpenAIClient:
    """One per process: it keeps the connections to all providers of this protocol."""

    def __init__(self) -> None:
        self._http: Any = None

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Delta, None]:
        openai = await imported("openai")
        sdk = self._sdk(openai, request.choice)
        try:
            opened = sdk.chat.completions.with_streaming_response.create(
                **openai_body(request), extra_body=_reasoning(request.choice)
            )
            async with opened as response:
                rest = b""
                async for received in response.iter_bytes():
                    # Lines by hand: the SDK's own way to them costs more than all else here.
                    *lines, rest = (rest + received).split(b"\n")
                    for line in lines:
                        if not line.startswith(b"data:"):
                            continue
                        data = line[5:].strip()
                        if data == b"[DONE]":
                            return
                        for delta in _deltas(data):
                            yield delta
                if rest.startswith(b"data:") and rest[5:].strip() != b"[DONE]":
                    for delta in _deltas(rest[5:].strip()):
                        yield delta
        except openai.APIStatusError as error:
            raise http_error(
                error.status_code, str(error.body or error.message), error.response.headers
            ) from None
        except openai.OpenAIError as error:
            raise connection_error(_reason(error)) from None
        except OSError as error:
            raise connection_error(_reason(error)) from None

    def _sdk(self, openai: Any, choice: ProviderChoice) -> Any:
        """A client object for the provider; all share one pool of connections."""
        if self._http is None:
            self._http = openai.DefaultAioHttpClient()
        common: dict[str, Any] = {
            "api_key": choice.auth.api_key or "none",
            "max_retries": 0,
            "timeout": openai.Timeout(None, connect=CONNECT_S),
            "http_client": self._http,
            "default_headers": dict(choice.headers),
        }
        if choice.transport is Transport.AZURE:
            return openai.AsyncAzureOpenAI(
                azure_endpoint=choice.base_url,
                api_version=choice.auth.extra.get("AZURE_API_VERSION"),
                **common,
            )
        return openai.AsyncOpenAI(base_url=choice.base_url, **common)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None


def _reasoning(choice: ProviderChoice) -> dict[str, Any] | None:
    reasoning = choice.reasoning
    if reasoning is None:
        return None
    if choice.transport is Transport.OPENROUTER:
        asked: dict[str, Any] = {"exclude": reasoning.exclude}
        if reasoning.max_tokens:
            asked["max_tokens"] = reasoning.max_tokens
        elif reasoning.effort:
            asked["effort"] = reasoning.effort
        return {"reasoning": asked}
    return {"reasoning_effort": reasoning.effort} if reasoning.effort else None


def _deltas(data: bytes) -> list[Delta]:
    try:
        chunk = _decode(data)
    except msgspec.DecodeError:
        raise connection_error("the provider sent a chunk that can't be read") from None
    if chunk.error is not None:
        raise _stream_error(chunk.error)
    usage = _usage(chunk.usage) if chunk.usage is not None else None
    found = []
    for choice in chunk.choices or ():
        text = choice.delta or _NO_TEXT
        content = text.content or ""
        found.append(
            Delta(
                text=content + _arguments(text.tool_calls) if text.tool_calls else content,
                reasoning=text.reasoning or text.reasoning_content or "",
                finish=choice.finish_reason,
                usage=usage,
            )
        )
        usage = None
    return found or ([Delta(usage=usage)] if usage is not None else [])


def _arguments(calls: list[_ToolCall]) -> str:
    return "".join(call.function.arguments or "" for call in calls if call.function)


def _usage(usage: _Usage) -> Usage:
    cached = usage.prompt_tokens_details
    reasoning = usage.completion_tokens_details
    return Usage(
        input=usage.prompt_tokens or 0,
        output=usage.completion_tokens or 0,
        cached=(cached.cached_tokens or 0) if cached else 0,
        reasoning=(reasoning.reasoning_tokens or 0) if reasoning else 0,
    )


def _stream_error(error: Any) -> ModelError:
    code = error.get("code") if isinstance(error, dict) else None
    message = error.get("message") if isinstance(error, dict) else None
    status = int(code) if isinstance(code, int | str) and str(code).isdigit() else 500
    return http_error(status, str(message or "unknown error"), {})


def _reason(error: BaseException) -> str:
    cause = error.__cause__
    return str(error) if cause is None else f"{error}: {type(cause).__name__}"
