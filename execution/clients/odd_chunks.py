"""Chunks that do not keep to OpenAI's form, as far as they can be understood.

Mistral sends a text as a list of parts, some servers count tokens in floats or strings, or cut a
character in the middle: a reply that was paid for should not fail for that.
"""

import json
import math
from collections.abc import Iterator
from typing import Any

_TEXTS = ("reasoning", "reasoning_content", "refusal")
_DETAILS = ("prompt_tokens_details", "completion_tokens_details")


def any_json(data: bytes) -> Any:
    """The value, with a replacement character for each that is broken. Raises `ValueError` for
    what is no JSON."""
    try:
        return json.loads(data.decode(errors="replace"))
    except RecursionError:
        raise ValueError from None


def plain_chunk(value: dict[str, Any]) -> dict[str, Any]:
    """The chunk in OpenAI's form; what makes no sense stays as it is."""
    choices, usage = value.get("choices"), value.get("usage")
    return {
        "choices": [_choice(one) for one in _dicts(choices)]
        if isinstance(choices, list)
        else choices,
        "usage": _usage(usage) if isinstance(usage, dict) else None,
    }


def _choice(choice: dict[str, Any]) -> dict[str, Any]:
    reason = choice.get("finish_reason")
    plain: dict[str, Any] = {"finish_reason": reason if isinstance(reason, str) else None}
    for name in ("delta", "message"):
        text = choice.get(name)
        plain[name] = _text(text) if isinstance(text, dict) else text
    return plain


def _text(text: dict[str, Any]) -> dict[str, Any]:
    plain = {name: _whole(text[name]) for name in _TEXTS if isinstance(text.get(name), str)}
    said, thought = _said(text.get("content"))
    plain["content"] = said
    if thought:
        plain["reasoning_content"] = plain.get("reasoning_content", "") + thought
    calls = [{"function": call.get("function")} for call in _dicts(text.get("tool_calls"))]
    return plain | ({"tool_calls": calls} if calls else {})


def _said(content: object) -> tuple[str, str]:
    """Text and thoughts of a content, which may be a list of both."""
    if isinstance(content, str):
        return _whole(content), ""
    said, thought = "", ""
    for part in _dicts(content):
        if isinstance(part.get("text"), str):
            said += _whole(part["text"])
        elif part.get("thinking") is not None:
            thought += "".join(_said(part["thinking"]))
    return said, thought


def _whole(text: str) -> str:
    """Without halves of characters, which no encoding takes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _usage(usage: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {
        name: _count(value) for name, value in usage.items() if name not in _DETAILS
    }
    for name in _DETAILS:
        details = usage.get(name)
        if isinstance(details, dict):
            plain[name] = {name: _count(value) for name, value in details.items()}
    return plain | {"cost": usage.get("cost")}


def _count(value: object) -> int | None:
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if math.isfinite(value) else None


def _dicts(value: object) -> Iterator[dict[str, Any]]:
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()
