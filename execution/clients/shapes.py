"""Requests in the two message forms that providers share: OpenAI's and Anthropic's."""

from typing import Any

from execution.clients.base import ModelRequest
from execution.logic.chat_messages import AnyPart, ChatMessage, ImagePart

CACHE_MARK = {"type": "ephemeral"}
MIN_THINKING_BUDGET = 1024


def prepared(request: ModelRequest) -> tuple[ChatMessage, ...]:
    """The messages with what the model can't do taken away."""
    properties = request.choice.properties
    messages = request.messages
    lone_system = properties.single_message_no_system_prompt and len(messages) == 1
    if properties.system_prompt_disabled or lone_system:
        messages = tuple(
            ChatMessage("user", message.parts) if message.role == "system" else message
            for message in messages
        )
    return messages


def marks_cache(request: ModelRequest) -> bool:
    return request.cache and request.choice.properties.supports_cache_control


# -- OpenAI ---------------------------------------------------------------------------------


def openai_body(request: ModelRequest) -> dict[str, Any]:
    """The chat-completions body, always streaming."""
    choice = request.choice
    marked = marks_cache(request)
    body: dict[str, Any] = {
        "model": choice.api_model,
        "messages": [_openai_message(message, marked) for message in prepared(request)],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if choice.sends_role_params:
        body |= {"temperature": request.temperature, "top_p": request.top_p}
    if request.stop and not choice.properties.stop_disabled:
        body["stop"] = list(request.stop)
    if request.tool is not None:
        function = {
            "name": request.tool.name,
            "description": request.tool.description,
            "parameters": dict(request.tool.parameters),
        }
        body["tools"] = [{"type": "function", "function": function}]
        body["tool_choice"] = {"type": "function", "function": {"name": request.tool.name}}
    return body


def _openai_message(message: ChatMessage, marked: bool) -> dict[str, Any]:
    plain = not any(
        isinstance(part, ImagePart) or (marked and part.cache) for part in message.parts
    )
    # Small servers know only a plain string.
    content = message.text if plain else [_openai_part(part, marked) for part in message.parts]
    return {"role": message.role, "content": content}


def _openai_part(part: AnyPart, marked: bool) -> dict[str, Any]:
    if isinstance(part, ImagePart):
        return {"type": "image_url", "image_url": {"url": part.data_uri, "detail": part.detail}}
    shown: dict[str, Any] = {"type": "text", "text": part.text}
    if marked and part.cache:
        shown["cache_control"] = CACHE_MARK
    return shown


# -- Anthropic ------------------------------------------------------------------------------


def anthropic_body(request: ModelRequest) -> dict[str, Any]:
    """The arguments of the messages endpoint, always streaming."""
    choice, marked = request.choice, marks_cache(request)
    messages = prepared(request)
    system = [part for message in messages if message.role == "system" for part in message.parts]
    body: dict[str, Any] = {
        "model": choice.api_model,
        "messages": _anthropic_turns(messages, marked),
        "max_tokens": choice.properties.max_output_tokens,
        "stream": True,
    }
    if system:
        body["system"] = [_anthropic_part(part, marked) for part in system]
    if request.stop and not choice.properties.stop_disabled:
        body["stop_sequences"] = list(request.stop)
    reasoning = choice.reasoning
    if reasoning is not None and (reasoning.max_tokens or 0) >= MIN_THINKING_BUDGET:
        # With thinking on, the provider takes no temperature and no forced tool.
        body["thinking"] = {"type": "enabled", "budget_tokens": reasoning.max_tokens}
    elif choice.sends_role_params:
        body["temperature"] = min(request.temperature, 1.0)
    if request.tool is not None:
        body["tools"] = [
            {
                "name": request.tool.name,
                "description": request.tool.description,
                "input_schema": dict(request.tool.parameters),
            }
        ]
        forced = {"type": "tool", "name": request.tool.name}
        body["tool_choice"] = {"type": "auto"} if "thinking" in body else forced
    return body


def _anthropic_turns(messages: tuple[ChatMessage, ...], marked: bool) -> list[dict[str, Any]]:
    """User and assistant turns; neighbours of one role are one turn, and the first is a user's."""
    turns: list[dict[str, Any]] = []
    for message in messages:
        if message.role == "system":
            continue
        parts = [_anthropic_part(part, marked) for part in message.parts]
        if turns and turns[-1]["role"] == message.role:
            turns[-1]["content"] += parts
        else:
            turns.append({"role": message.role, "content": parts})
    if not turns or turns[0]["role"] != "user":
        turns.insert(0, {"role": "user", "content": [{"type": "text", "text": "Go on."}]})
    if turns[-1]["role"] == "assistant":
        # The provider refuses an answer that ends in blanks.
        last = turns[-1]["content"][-1]
        last["text"] = last["text"].rstrip()
    return turns


def _anthropic_part(part: AnyPart, marked: bool) -> dict[str, Any]:
    if isinstance(part, ImagePart):
        head, _, data = part.data_uri.partition(",")
        media_type = head.removeprefix("data:").partition(";")[0]
        return {
            "type": "image",
            "source": {"type": "base64", "media_type": media_type, "data": data},
        }
    shown: dict[str, Any] = {"type": "text", "text": part.text}
    if marked and part.cache:
        shown["cache_control"] = CACHE_MARK
    return shown
