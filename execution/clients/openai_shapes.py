"""Requests in OpenAI's form, and what each provider wants different in it."""

from typing import Any

from execution.clients.base import ModelRequest
from execution.clients.messages import fitted, marks_cache
from execution.logic.chat_messages import AnyPart, ChatMessage, ImagePart
from models_config.logic.catalog import Transport
from models_config.logic.credentials import ProviderChoice

CACHE_MARK = {"type": "ephemeral"}
_GOOGLE = frozenset({Transport.GOOGLE, Transport.VERTEX})
_TAKES_EFFORT = frozenset({Transport.OPENAI, Transport.AZURE, Transport.OLLAMA, Transport.CUSTOM})


def openai_body(request: ModelRequest, *, asks_usage: bool = True) -> dict[str, Any]:
    """The chat-completions body, always streaming."""
    choice = request.choice
    body: dict[str, Any] = {
        "model": _model(choice),
        "messages": _messages(request),
        "stream": True,
    }
    if asks_usage:
        body["stream_options"] = {"include_usage": True}
    if choice.sends_role_params:
        body |= {"temperature": request.temperature, "top_p": request.top_p}
    if request.stop and not choice.properties.stop_disabled:
        body["stop"] = list(request.stop)
    if choice.transport is Transport.DEEPSEEK and choice.properties.max_output_tokens > 0:
        # Left to itself it stops after 4,096 tokens.
        body["max_tokens"] = choice.properties.max_output_tokens
    return body | _tool(request) | _reasoning(choice)


def _model(choice: ProviderChoice) -> str:
    if choice.transport is Transport.VERTEX and "/" not in choice.api_model:
        return f"google/{choice.api_model}"
    return choice.api_model


def _tool(request: ModelRequest) -> dict[str, Any]:
    tool = request.tool
    if tool is None:
        return {}
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
    return {
        "tools": [{"type": "function", "function": function}],
        "tool_choice": {"type": "function", "function": {"name": tool.name}},
    }


def _reasoning(choice: ProviderChoice) -> dict[str, Any]:
    """What the provider calls the `reasoning` of a request."""
    reasoning = choice.reasoning
    if reasoning is None:
        return {}
    if choice.transport is Transport.OPENROUTER:
        asked: dict[str, Any] = {"exclude": reasoning.exclude}
        if reasoning.max_tokens:
            asked["max_tokens"] = reasoning.max_tokens
        elif reasoning.effort:
            asked["effort"] = reasoning.effort
        return {"reasoning": asked}
    if choice.transport in _GOOGLE:
        if reasoning.effort:  # the one excludes the other there
            return {"reasoning_effort": reasoning.effort}
        thinking: dict[str, Any] = {"include_thoughts": not reasoning.exclude}
        if reasoning.max_tokens:
            thinking["thinking_budget"] = reasoning.max_tokens
        return {"extra_body": {"google": {"thinking_config": thinking}}}
    if choice.transport in _TAKES_EFFORT and reasoning.effort:
        return {"reasoning_effort": reasoning.effort}
    # DeepSeek and Perplexity have models that reason, and nothing to ask for.
    return {}


def _messages(request: ModelRequest) -> list[dict[str, Any]]:
    marked = marks_cache(request)
    detailed = request.choice.transport not in _GOOGLE
    return [_message(message, marked, detailed) for message in fitted(request)]


def _message(message: ChatMessage, marked: bool, detailed: bool) -> dict[str, Any]:
    plain = not any(
        isinstance(part, ImagePart) or (marked and part.cache) for part in message.parts
    )
    # Small servers know only a plain string.
    content = message.text if plain else [_part(part, marked, detailed) for part in message.parts]
    return {"role": message.role, "content": content}


def _part(part: AnyPart, marked: bool, detailed: bool) -> dict[str, Any]:
    if isinstance(part, ImagePart):
        image = {"url": part.data_uri}
        if detailed:
            image["detail"] = part.detail
        return {"type": "image_url", "image_url": image}
    shown: dict[str, Any] = {"type": "text", "text": part.text}
    if marked and part.cache:
        shown["cache_control"] = CACHE_MARK
    return shown
