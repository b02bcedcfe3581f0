"""A request's messages, fitted to what its model and its provider accept."""

from dataclasses import replace

from execution.clients.base import ModelRequest
from execution.logic.chat_messages import AnyPart, ChatMessage, Part
from models_config.logic.catalog import Transport

_ASKS_USER = frozenset(
    {
        Transport.ANTHROPIC,
        Transport.BEDROCK,
        Transport.VERTEX,
        Transport.GOOGLE,
        Transport.PERPLEXITY,
    }
)
"""Providers that refuse a request without a user's message."""
_TAKES_TURNS = frozenset(
    {
        Transport.ANTHROPIC,
        Transport.BEDROCK,
        Transport.VERTEX,
        Transport.DEEPSEEK,
        Transport.PERPLEXITY,
    }
)
"""Providers that refuse, or once refused, two messages of one role in a row."""


def fitted(request: ModelRequest) -> tuple[ChatMessage, ...]:
    """The messages with what model and provider can't do taken away; none of them is empty."""
    properties, transport = request.choice.properties, request.choice.transport
    messages = tuple(_without_blanks(message) for message in request.messages)
    messages = tuple(message for message in messages if message.parts)
    only_system = all(message.role == "system" for message in messages)
    lone_system = properties.single_message_no_system_prompt and len(messages) == 1
    if (
        properties.system_prompt_disabled
        or lone_system
        or (only_system and transport in _ASKS_USER)
    ):
        messages = tuple(_from_user(message) for message in messages)
    return _in_turns(messages) if transport in _TAKES_TURNS else messages


def marks_cache(request: ModelRequest) -> bool:
    return request.cache and request.choice.properties.supports_cache_control


def _without_blanks(message: ChatMessage) -> ChatMessage:
    """Providers refuse empty texts."""
    parts = tuple(part for part in message.parts if not _is_blank(part))
    return message if len(parts) == len(message.parts) else replace(message, parts=parts)


def _is_blank(part: AnyPart) -> bool:
    return isinstance(part, Part) and not part.text.strip()


def _from_user(message: ChatMessage) -> ChatMessage:
    return replace(message, role="user") if message.role == "system" else message


def _in_turns(messages: tuple[ChatMessage, ...]) -> tuple[ChatMessage, ...]:
    turns: list[ChatMessage] = []
    for message in messages:
        if turns and turns[-1].role == message.role:
            turns[-1] = replace(message, parts=turns[-1].parts + message.parts)
        else:
            turns.append(message)
    return tuple(turns)
