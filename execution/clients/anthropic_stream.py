"""The events of Anthropic's messages, as Anthropic, Vertex and Bedrock send them."""

from collections.abc import Iterator
from typing import Any, Protocol

import msgspec

from execution.clients.base import Delta, Usage
from execution.clients.failures import broken_off, error_text, status_failure, unreadable
from execution.logic.model_errors import ModelError
from models_config.logic.credentials import ProviderChoice


class Framing(Protocol):
    """Cuts a stream's bytes into the JSON texts of its events."""

    def feed(self, received: bytes) -> Iterator[bytes]: ...

    def end(self) -> Iterator[bytes]: ...


class _Usage(msgspec.Struct):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None


class _Message(msgspec.Struct):
    usage: _Usage | None = None


class _Delta(msgspec.Struct):
    text: str | None = None
    thinking: str | None = None
    partial_json: str | None = None
    stop_reason: str | None = None


class _Block(msgspec.Struct):
    text: str | None = None
    thinking: str | None = None


class _Event(msgspec.Struct):
    type: str = ""
    delta: _Delta | None = None
    content_block: _Block | None = None
    message: _Message | None = None
    usage: _Usage | None = None
    error: Any = None


_decode = msgspec.json.Decoder(_Event).decode
_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}
_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}


class AnthropicReader:
    """Reads one answer from its bytes, however they are cut. Raises `ModelError` for an error in
    them, and at the end for an answer that broke off.

    The arguments of a function call are the answer where a tool was offered, and nothing elsewhere.
    """

    def __init__(self, choice: ProviderChoice, framing: Framing, *, has_tool: bool = False) -> None:
        self.done = False
        """Whether nothing more can come, though the connection may stay open."""
        self._choice = choice
        self._has_tool = has_tool
        self._framing = framing
        self._usage = Usage()
        self._finished = False

    def feed(self, received: bytes) -> Iterator[Delta]:
        return self._read(self._framing.feed(received))

    def end(self) -> Iterator[Delta]:
        yield from self._read(self._framing.end())
        if not self._finished:
            raise broken_off()

    def _read(self, events: Iterator[bytes]) -> Iterator[Delta]:
        for data in events:
            delta = self._delta(data)
            if delta is not None:
                yield delta

    def _delta(self, data: bytes) -> Delta | None:
        try:
            event = _decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise unreadable("an event that can't be read") from None
        delta = event.delta
        match event.type:
            case "content_block_delta" if delta is not None:
                arguments = delta.partial_json if self._has_tool else None
                return _said(delta.text or arguments, delta.thinking)
            case "content_block_start" if event.content_block is not None:
                return _said(event.content_block.text, event.content_block.thinking)
            case "message_start" if event.message is not None:
                self._count(event.message.usage)
            case "message_delta":
                self._count(event.usage)
                if delta is not None and delta.stop_reason:
                    self._finished = True
                    reason = delta.stop_reason
                    return Delta(finish=_FINISH.get(reason, reason), usage=self._usage)
            case "message_stop":
                self.done = self._finished = True
            case "error":
                raise self._error(event.error)
        return None

    def _count(self, given: _Usage | None) -> None:
        """Input comes with the first event; the last one has the output, and maybe all again."""
        if given is None:
            return
        so_far = self._usage
        if given.input_tokens:
            read = given.cache_read_input_tokens or 0
            written = given.cache_creation_input_tokens or 0
            total = given.input_tokens + read + written
            so_far = Usage(input=total, cached=read, cache_write=written)
        self._usage = Usage(
            input=so_far.input,
            output=given.output_tokens or 0,
            cached=so_far.cached,
            cache_write=so_far.cache_write,
        )

    def _error(self, error: Any) -> ModelError:
        kind = error.get("type") if isinstance(error, dict) else None
        status = _STATUS.get(kind, 500) if isinstance(kind, str) else 500
        return status_failure(status, error_text(error), {}, self._choice)


def _said(text: str | None, thinking: str | None) -> Delta | None:
    return Delta(text or "", thinking or "") if text or thinking else None
