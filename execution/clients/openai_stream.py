"""The chunks of OpenAI's chat completions, with what providers add to them."""

from collections.abc import Iterator
from typing import Any

import msgspec

from execution.clients.base import Delta, Usage
from execution.clients.failures import broken_off, error_text, status_failure, unreadable
from execution.clients.odd_chunks import any_json, plain_chunk
from execution.clients.sse import SseData, WholeBody
from execution.clients.thinking import ThoughtSplitter, without_thoughts
from execution.logic.model_errors import ModelError
from models_config.logic.credentials import ProviderChoice
from plandex_server import typed


class _Arguments(msgspec.Struct):
    arguments: str | None = None


class _ToolCall(msgspec.Struct):
    function: _Arguments | None = None


class _GoogleExtra(msgspec.Struct):
    thought: bool | None = None


class _Extra(msgspec.Struct):
    google: _GoogleExtra | None = None


class _Text(msgspec.Struct):
    content: str | None = None
    reasoning: str | None = None  # OpenRouter, Ollama
    reasoning_content: str | None = None  # DeepSeek, vLLM
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None
    extra_content: _Extra | None = None  # Google: marks thoughts


class _Choice(msgspec.Struct):
    delta: _Text | None = None
    message: _Text | None = None  # an answer that is not streamed after all
    finish_reason: str | None = None


class _InputDetails(msgspec.Struct):
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None  # OpenRouter


class _OutputDetails(msgspec.Struct):
    reasoning_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None
    prompt_cache_hit_tokens: int | None = None  # DeepSeek
    reasoning_tokens: int | None = None  # Perplexity
    cost: Any = None  # OpenRouter: dollars; Perplexity: an object with their sum


class _Chunk(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: Any = None


MAX_COST = 10_000
"""Dollars for one request: more is no price."""

_decode = msgspec.json.Decoder(_Chunk).decode
_NO_TEXT = _Text()
_ODD = "a chunk that can't be read"
# DeepSeek breaks off with this reason when its machines are full.
_ERROR_REASONS = {"insufficient_system_resource": "error"}
_THOUGHT_TAGS = ("<thought>", "</thought>")


class OpenAIReader:
    """Reads one answer from its bytes, however they are cut. Raises `ModelError` for an error in
    them, and at the end for an answer that broke off.

    The arguments of a function call are the answer where a tool was offered, and nothing elsewhere:
    some models call functions that they were never told of.
    """

    def __init__(
        self,
        choice: ProviderChoice,
        content_type: str = "text/event-stream",
        *,
        has_tool: bool = False,
    ) -> None:
        self.done = False
        """Whether nothing more can come, though the connection may stay open."""
        self._choice = choice
        self._has_tool = has_tool
        # A server that can't stream sends one object, and some errors come so, with status 200.
        self._events: WholeBody | SseData = WholeBody() if "json" in content_type else SseData()
        self._splitter = ThoughtSplitter()
        self._finished = False

    def feed(self, received: bytes) -> Iterator[Delta]:
        return self._read(self._events.feed(received))

    def end(self) -> Iterator[Delta]:
        yield from self._read(self._events.end())
        if not self._finished:
            raise broken_off()

    def _read(self, events: Iterator[bytes]) -> Iterator[Delta]:
        splitter = self._splitter
        for data in events:
            if data == b"[DONE]":
                self.done = self._finished = True
                return
            for delta in self._deltas(data):
                if splitter.decided:
                    yield delta
                elif (told := without_thoughts(delta, splitter)) is not None:
                    yield told

    def _deltas(self, data: bytes) -> list[Delta]:
        try:
            chunk = _decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            chunk = self._mended(data)
        if chunk.error is not None:
            raise self._error(chunk.error)
        usage = _usage(chunk.usage) if chunk.usage is not None else None
        if not chunk.choices:
            return self._without_choices(data, usage)
        found = []
        for choice in chunk.choices:
            found.append(self._delta(choice, usage))
            usage = None
        return found

    def _delta(self, choice: _Choice, usage: Usage | None) -> Delta:
        text = choice.delta or choice.message or _NO_TEXT
        content = text.content or text.refusal or ""
        reasoning = text.reasoning or text.reasoning_content or ""
        if self._has_tool and text.tool_calls:
            content += _arguments(text.tool_calls)
        extra = text.extra_content
        if extra is not None and extra.google is not None and extra.google.thought:
            content, reasoning = "", reasoning + _untagged(content)
        elif content.startswith("</thought>"):
            content = content[len("</thought>") :]
        # Some servers send an empty reason with every chunk.
        finish = choice.finish_reason or None
        if finish is not None:
            self._finished = True
            finish = _ERROR_REASONS.get(finish, finish)
        return Delta(content, reasoning, finish, usage)

    def _without_choices(self, data: bytes, usage: Usage | None) -> list[Delta]:
        if usage is not None:
            self._finished = True
            return [Delta(usage=usage)]
        value = _value(data)
        if isinstance(value, dict) and (
            value.get("object") == "error" or ("message" in value and "code" in value)
        ):
            raise self._error(value)
        return []

    def _error(self, error: Any) -> ModelError:
        code = error.get("code") if isinstance(error, dict) else None
        status = int(code) if isinstance(code, int | str) and str(code).isdigit() else 500
        if not 400 <= status <= 599:
            status = 500
        return status_failure(status, error_text(error), {}, self._choice)

    def _mended(self, data: bytes) -> _Chunk:
        """What a chunk in another form means. Google sends its errors in a list."""
        value = _value(data)
        if isinstance(value, list) and value and isinstance(value[0], dict) and "error" in value[0]:
            raise self._error(value[0]["error"])
        if value is None:
            return _Chunk()
        if not isinstance(value, dict):
            raise unreadable(_ODD)
        if value.get("error"):
            raise self._error(value["error"])
        try:
            return typed.convert(plain_chunk(value), _Chunk)
        except msgspec.ValidationError:
            raise unreadable(_ODD) from None


def _value(data: bytes) -> Any:
    try:
        return any_json(data)
    except ValueError:
        raise unreadable(_ODD) from None


def _untagged(thought: str) -> str:
    for tag in _THOUGHT_TAGS:
        thought = thought.replace(tag, "")
    return thought


def _arguments(calls: list[_ToolCall]) -> str:
    return "".join(call.function.arguments or "" for call in calls if call.function)


def _usage(usage: _Usage) -> Usage:
    cached = usage.prompt_tokens_details
    reasoning = usage.completion_tokens_details
    return Usage(
        input=usage.prompt_tokens or 0,
        output=usage.completion_tokens or 0,
        cached=(cached.cached_tokens if cached else usage.prompt_cache_hit_tokens) or 0,
        reasoning=(reasoning.reasoning_tokens if reasoning else usage.reasoning_tokens) or 0,
        cache_write=(cached.cache_write_tokens if cached else 0) or 0,
        cost=_cost(usage.cost),
    )


def _cost(given: Any) -> float | None:
    cost = given.get("total_cost") if isinstance(given, dict) else given
    if isinstance(cost, bool) or not isinstance(cost, int | float):
        return None
    return float(cost) if 0 <= cost < MAX_COST else None
