"""Failures of model providers, sorted into the few kinds that decide what happens next."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

# A user waits at most this long for one retry; a provider that asks for more counts as down.
MAX_RETRY_AFTER_S = 10.0
# A used-up subscription says when it opens again; beyond this the run had better fail.
MAX_QUOTA_WAIT_S = 600.0

# Said of one request, but in a 429 of all that came within a minute: Bedrock's words.
_TOO_MANY_TOKENS = "too many tokens"
_CONTEXT_TOO_LONG = (
    "maximum context length",
    "context length exceeded",
    "context_length_exceeded",
    "exceeds the context window",
    "prompt is too long",
    "input token count",
    "exceed context limit",
    "decrease input length",
    _TOO_MANY_TOKENS,
    "payload too large",
    "payload is too large",
    "input is too large",
    "input too large",
    "input is too long",
    "input too long",
)
_OVERLOADED = (
    "model_overloaded",
    "model overloaded",
    "server is overloaded",
    "model is currently overloaded",
    "overloaded_error",
    "resource has been exhausted",
)
_CACHE_SUPPORT = ("cache control", "cache_control")
_PASSED_ON = "provider returned error"
_FINAL_STATUSES = frozenset({501, 505})
_FINAL_WITHOUT_STATUS = (
    re.compile(r"context cancell?ed|deadline exceeded"),
    re.compile(r"\b401\b"),
    re.compile(r"\b400\b.*reduce the length of the messages", re.DOTALL),
    re.compile(r"\b429\b.*exceeded your current quota", re.DOTALL),
)

_NUMBER = r"(\d+(?:\.\d+)?)"
_UNIT = r"\s*(milliseconds?|ms|seconds?|secs?|s)?\b"
_RETRY_AFTER_MS = re.compile(rf'"retry_after_ms"\s*:\s*{_NUMBER}')
_RETRY_HINTS = (
    re.compile(rf"retry[ -]after:?\s+{_NUMBER}{_UNIT}"),
    re.compile(rf"(?:try again|retry) in\s+{_NUMBER}{_UNIT}"),
)


class ModelErrorKind(StrEnum):
    CONTEXT_TOO_LONG = "context_too_long"
    OVERLOADED = "overloaded"
    CACHE_SUPPORT = "cache_support"
    QUOTA_EXHAUSTED = "quota_exhausted"
    RATE_LIMITED = "rate_limited"
    EMPTY = "empty"
    OTHER = "other"


class ModelError(Exception):
    """A failed model call. `retry_after` is in seconds, None leaves the wait to us."""

    def __init__(
        self,
        msg: str,
        *,
        kind: ModelErrorKind = ModelErrorKind.OTHER,
        retriable: bool,
        retry_after: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(msg)
        self.msg = msg
        self.kind = kind
        self.retriable = retriable
        self.retry_after = retry_after
        self.status = status


def http_error(
    status: int,
    text: str,
    headers: Mapping[str, str],
    *,
    now: datetime | None = None,
    is_subscription: bool = False,
) -> ModelError:
    """A provider's error answer.

    Times in the headers are measured against the answer's own date, or else against `now`.
    `is_subscription` is for providers that bill by a quota that opens again later.
    """
    wait = _retry_after(text, _lower(headers), now)
    if is_subscription and status == 429:
        return ModelError(
            text,
            kind=ModelErrorKind.QUOTA_EXHAUSTED,
            retriable=wait is not None,
            retry_after=None if wait is None else min(wait, MAX_QUOTA_WAIT_S),
            status=status,
        )
    kind = _kind_of_text(text.lower().replace(_TOO_MANY_TOKENS, "") if status == 429 else text)
    if kind is not None:
        retriable = kind is not ModelErrorKind.CONTEXT_TOO_LONG
        return ModelError(text, kind=kind, retriable=retriable, status=status)
    kind = _kind_of_status(status)
    retriable = _is_retriable(kind, status, text) and (wait is None or wait <= MAX_RETRY_AFTER_S)
    return ModelError(
        text,
        kind=kind,
        retriable=retriable,
        retry_after=wait if retriable else None,
        status=status,
    )


def connection_error(text: str) -> ModelError:
    """A failure without an HTTP status: the connection, a time limit, or the provider's library."""
    kind = _kind_of_text(text)
    if kind is not None:
        return ModelError(text, kind=kind, retriable=kind is not ModelErrorKind.CONTEXT_TOO_LONG)
    lowered = text.lower()
    final = any(pattern.search(lowered) for pattern in _FINAL_WITHOUT_STATUS)
    return ModelError(text, retriable=not final)


def empty_answer() -> ModelError:
    """An answer that ended in order, without a word."""
    return ModelError("it answered without a word", kind=ModelErrorKind.EMPTY, retriable=True)


def unsupported(text: str) -> ModelError:
    """A call that this server cannot make at all."""
    return ModelError(text, retriable=False)


def _kind_of_text(text: str) -> ModelErrorKind | None:
    lowered = text.lower()
    for kind, words in (
        (ModelErrorKind.CONTEXT_TOO_LONG, _CONTEXT_TOO_LONG),
        (ModelErrorKind.OVERLOADED, _OVERLOADED),
        (ModelErrorKind.CACHE_SUPPORT, _CACHE_SUPPORT),
    ):
        if any(word in lowered for word in words):
            return kind
    return None


def _kind_of_status(status: int) -> ModelErrorKind:
    if status in (429, 529):
        return ModelErrorKind.RATE_LIMITED
    if status == 413:
        return ModelErrorKind.CONTEXT_TOO_LONG
    return ModelErrorKind.OTHER


def _is_retriable(kind: ModelErrorKind, status: int, text: str) -> bool:
    if kind is not ModelErrorKind.OTHER:
        return kind is ModelErrorKind.RATE_LIMITED
    if status in _FINAL_STATUSES:
        return False
    return status >= 500 or _PASSED_ON in text.lower()


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value.strip() for name, value in headers.items()}


def _retry_after(text: str, headers: Mapping[str, str], now: datetime | None) -> float | None:
    now = _date(headers.get("date", "")) or now
    wait = _header_wait(headers.get("retry-after", ""), now)
    if wait is None:
        wait = _reset_wait(headers.get("x-ratelimit-reset", ""), now)
    return _text_wait(text) if wait is None else wait


def _header_wait(value: str, now: datetime | None) -> float | None:
    seconds = _number(value)
    if seconds is not None:
        return seconds
    date = _date(value)
    if date is None or now is None:
        return None
    return max(0.0, (date - now).total_seconds())


def _reset_wait(value: str, now: datetime | None) -> float | None:
    moment = _number(value)
    if moment is None or now is None:
        return None
    if moment > 1e11:  # some gateways write milliseconds
        moment /= 1000
    return max(0.0, moment - now.timestamp())


def _text_wait(text: str) -> float | None:
    lowered = text.lower()
    match = _RETRY_AFTER_MS.search(lowered)
    if match:
        return float(match[1]) / 1000
    for pattern in _RETRY_HINTS:
        match = pattern.search(lowered)
        if match:
            is_milliseconds = (match[2] or "").startswith("m")
            return float(match[1]) / (1000 if is_milliseconds else 1)
    return None


def _number(value: str) -> float | None:
    return float(value) if re.fullmatch(_NUMBER, value) else None


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
