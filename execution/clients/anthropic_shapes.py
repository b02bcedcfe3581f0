"""Requests in the form of Anthropic's messages, for Anthropic, Bedrock and Vertex."""

import re
from typing import Any

from execution.clients.base import ModelRequest
from execution.clients.messages import fitted, marks_cache
from execution.logic.chat_messages import AnyPart, ChatMessage, ImagePart
from models_config.logic.catalog import Transport
from models_config.logic.credentials import ProviderChoice

API_VERSION = "2023-06-01"
"""Not the SDK's newest: that one refuses temperature, and Bedrock has it for newer models only."""
_HOSTED_VERSIONS = {
    Transport.BEDROCK: "bedrock-2023-05-31",
    Transport.VERTEX: "vertex-2023-10-16",
}
CACHE_MARK = {"type": "ephemeral"}
MAX_CACHE_MARKS = 4
MIN_THINKING_BUDGET = 1024
MIN_ANSWER = 4096
"""Tokens that thinking leaves for the answer."""
ESTIMATE_SLACK = 1.25
"""Our estimates of a request's size may be this far off."""

# The provider refuses a `max_tokens` above these. The registry's own limits are higher for some.
_OUTPUT_LIMITS = (
    (re.compile(r"claude-3-5-"), 8192),
    (re.compile(r"claude-3-7-"), 64_000),
    (re.compile(r"claude-opus-4(-0|-1)?(-20\d{6}|@|$)"), 32_000),
    (re.compile(r"claude-sonnet-4(-0)?(-20\d{6}|@|$)"), 64_000),
)


def anthropic_body(request: ModelRequest) -> dict[str, Any]:
    """The body of the messages endpoint, always streaming."""
    choice, marked = request.choice, marks_cache(request)
    messages = fitted(request)
    system = [part for message in messages if message.role == "system" for part in message.parts]
    max_tokens = _max_tokens(request)
    body: dict[str, Any] = {
        "model": choice.api_model,
        "messages": _turns(messages, marked),
        "max_tokens": max_tokens,
        "stream": True,
    }
    if choice.transport in _HOSTED_VERSIONS:
        body["anthropic_version"] = _HOSTED_VERSIONS[choice.transport]
    if system:
        body["system"] = [_part(part, marked) for part in system]
    if request.stop and not choice.properties.stop_disabled:
        body["stop_sequences"] = list(request.stop)
    budget = _thinking_budget(choice, max_tokens)
    if budget:
        # With thinking on, the provider takes no temperature and no forced tool.
        body["thinking"] = {"type": "enabled", "budget_tokens": budget}
    elif choice.sends_role_params:
        # One of the two: newer models refuse temperature and top_p together.
        body["temperature"] = min(request.temperature, 1.0)
    if request.tool is not None:
        body |= _tool(request, forced=not budget)
    if marked:
        _limit_marks(body)
    return body


def _max_tokens(request: ModelRequest) -> int:
    """As much as the model may write and the window still holds: the provider refuses more.

    The reserved tokens fit always: requests are kept out of that part of the window.
    """
    properties = request.choice.properties
    limit = properties.max_output_tokens or properties.reserved_output_tokens or MIN_ANSWER
    for name, known in _OUTPUT_LIMITS:
        if name.search(request.choice.model_name):
            limit = min(limit, known)
    if properties.max_tokens:
        used = request.input_tokens * (1 + properties.token_estimate_padding_pct) * ESTIMATE_SLACK
        room = properties.max_tokens - int(used)
        limit = min(limit, max(room, properties.reserved_output_tokens or MIN_ANSWER))
    return limit


def _thinking_budget(choice: ProviderChoice, max_tokens: int) -> int:
    """The tokens for thinking; they are part of `max_tokens` and must be fewer. 0: no thinking."""
    asked = choice.reasoning.max_tokens if choice.reasoning is not None else None
    budget = min(asked or 0, max_tokens - MIN_ANSWER)
    return budget if budget >= MIN_THINKING_BUDGET else 0


def _tool(request: ModelRequest, *, forced: bool) -> dict[str, Any]:
    tool = request.tool
    assert tool is not None, "only asked for with a tool"
    return {
        "tools": [
            {
                "name": tool.name,
                "description": tool.description,
                "input_schema": dict(tool.parameters),
            }
        ],
        "tool_choice": {"type": "tool", "name": tool.name} if forced else {"type": "auto"},
    }


def _turns(messages: tuple[ChatMessage, ...], marked: bool) -> list[dict[str, Any]]:
    """The user's and the assistant's turns; the first and the last are the user's."""
    turns: list[dict[str, Any]] = [
        {"role": message.role, "content": [_part(part, marked) for part in message.parts]}
        for message in messages
        if message.role != "system"
    ]
    # A last turn of the assistant would be taken for the beginning of the answer, and newer models
    # refuse it.
    go_on: dict[str, Any] = {"role": "user", "content": [{"type": "text", "text": "Go on."}]}
    if not turns or turns[0]["role"] != "user":
        turns.insert(0, go_on)
    if turns[-1]["role"] != "user":
        turns.append(go_on)
    return turns


def _part(part: AnyPart, marked: bool) -> dict[str, Any]:
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


def _limit_marks(body: dict[str, Any]) -> None:
    """Keeps the last marks, which cover most; the provider refuses more of them."""
    parts = [
        *body.get("system", ()),
        *(part for turn in body["messages"] for part in turn["content"]),
    ]
    marked = [part for part in parts if "cache_control" in part]
    for part in marked[:-MAX_CACHE_MARKS]:
        del part["cache_control"]
