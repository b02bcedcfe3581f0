"""Whatever goes wrong with a provider, as a `ModelError` that shows no secret."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import msgspec

from execution.clients.guard import AddressRefused
from execution.logic.model_errors import ModelError, connection_error, http_error, unsupported
from models_config.logic.credentials import ProviderChoice
from models_config.logic.provider_auth import HasAuth
from plandex_server.db import now

MAX_TEXT = 2000
"""What a user reads of a provider's error, and what is stored of it."""

_HIDDEN = "[hidden]"
_KEY_LIKE = re.compile(
    r"\b(?:sk|pk|gsk|xai|pplx)-[\w*.-]{6,}"  # with `*`: providers quote half-masked keys
    r"|\bAIza[\w-]{20,}|\bA[KS]IA[0-9A-Z]{12,}|\bya29\.[\w.-]+"
    r"|(?<=Bearer )[\w.~+/=*-]{8,}",
)
_TITLE = re.compile(r"<title>([^<]*)</title>", re.IGNORECASE)


@contextmanager
def model_failures(sdk: Any, choice: ProviderChoice) -> Iterator[None]:
    """Turns the failures of an SDK and of the connections under it into `ModelError`."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        failure = _failure(sdk, error, choice)
        if failure is None:
            raise
        raise failure from None


def status_failure(
    status: int, text: str, headers: Mapping[str, str], choice: ProviderChoice
) -> ModelError:
    """An error answer, or an error inside a stream that has a status."""
    return http_error(status, shown(text, choice), headers, now=now())


def unreadable(what: str) -> ModelError:
    """The provider does not keep to its own protocol."""
    return connection_error(f"the provider sent {what}")


def broken_off() -> ModelError:
    """The stream ended before the answer did."""
    return connection_error("the answer broke off")


def shown(text: str, choice: HasAuth) -> str:
    """A provider's text without keys, and no longer than anyone reads."""
    if text.lstrip()[:1] == "<":
        title = _TITLE.search(text)
        text = title[1].strip() if title else "an HTML page"
    for secret in choice.auth.secrets:
        text = text.replace(secret, _HIDDEN)
    text = _KEY_LIKE.sub(_HIDDEN, text)
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"


def header_key(choice: ProviderChoice) -> str:
    """The key as a header can carry it. Raises `ModelError` if none can."""
    key = choice.auth.api_key.strip()
    if not (key.isascii() and key.isprintable()):
        raise unsupported(f"The key for {choice.composite} holds characters that no key has")
    return key


def error_text(error: Any) -> str:
    """The text of an `error` value inside an answer."""
    if isinstance(error, str):
        return error
    if isinstance(error, dict):
        message = error.get("message")
        kind = error.get("type") or error.get("status")
        if isinstance(message, str) and message:
            text = f"{kind}: {message}" if isinstance(kind, str) else message
            metadata = error.get("metadata")
            # OpenRouter says here what the provider behind it said.
            raw = metadata.get("raw") if isinstance(metadata, dict) else None
            return f"{text}: {raw}" if isinstance(raw, str) and raw else text
    return msgspec.json.encode(error).decode()


def _failure(sdk: Any, error: Exception, choice: ProviderChoice) -> ModelError | None:
    import httpx2  # the SDK that failed has loaded it

    if isinstance(error, sdk.APIStatusError):
        response: Any = error.response
        if 300 <= response.status_code < 400:
            return unsupported(f"{_host(choice)} redirects requests: use the address it points to")
        return status_failure(response.status_code, response.text, response.headers, choice)
    if isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
        return unsupported(f"The address of {choice.composite} can't be used: {_host(choice)}")
    refused = _refused_address(error)
    if refused is not None:
        return unsupported(f"{_host(choice)} is not called: {refused.problem}")
    known = (sdk.APIError, httpx2.HTTPError, OSError)
    return connection_error(_broken(error, choice)) if isinstance(error, known) else None


def _refused_address(error: BaseException) -> AddressRefused | None:
    """The guard's word, wherever the SDK and its transport have put it."""
    cause: BaseException | None = error
    while cause is not None:
        os_error = getattr(cause, "os_error", cause)
        if isinstance(os_error, AddressRefused):
            return os_error
        cause = cause.__cause__
    return None


def _broken(error: Exception, choice: ProviderChoice) -> str:
    """What happened to the connection. SDKs call most of it a timeout, so the cause is asked."""
    import aiohttp

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, aiohttp.ServerTimeoutError):
            return f"{_host(choice)} accepted no connection in time"
        if isinstance(cause, aiohttp.ClientConnectorError):
            return f"can't connect to {_host(choice)}: {cause.os_error.strerror or 'unknown host'}"
        if isinstance(cause, aiohttp.ClientConnectionError | aiohttp.ClientPayloadError):
            return f"{_host(choice)} closed the connection"
        cause = cause.__cause__
    return f"the connection to {_host(choice)} failed ({type(error).__name__})"


def _host(choice: ProviderChoice) -> str:
    try:
        return urlsplit(choice.base_url).hostname or choice.composite
    except ValueError:
        return choice.composite
