"""Asking a provider whether a key is good: one request that needs it and costs nothing."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from execution.clients.pool import HttpPool, imported
from execution.clients.vertex import TOKEN_URL
from execution.logic.model_errors import ModelError
from models_config.logic.catalog import Transport
from models_config.logic.credentials import ProviderAccess

SECONDS = 15.0
"""Somebody waits for it in a form."""
_ANTHROPIC_VERSION = "2023-06-01"


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Checked:
    """`note` is a sentence of ours: what a provider answers may repeat the key."""

    verdict: Verdict
    note: str


async def key_check(access: ProviderAccess) -> Checked:
    pool = HttpPool()
    try:
        async with asyncio.timeout(SECONDS):
            return await _asked(access, await pool.client())
    except TimeoutError:
        return Checked(Verdict.UNREACHABLE, f"No answer within {SECONDS:.0f} s")
    except ModelError as error:
        if error.status in (400, 401, 403):
            return Checked(Verdict.REFUSED, f"Refused with status {error.status}")
        return Checked(Verdict.UNREACHABLE, "The sign-in could not be reached")
    except Exception as error:  # whatever a client library raises: no connection came about
        return Checked(Verdict.UNREACHABLE, f"No connection ({type(error).__name__})")
    finally:
        await pool.close()


async def _asked(access: ProviderAccess, http: Any) -> Checked:
    match access.transport:
        case Transport.VERTEX:
            google = await imported("execution.clients.google_sign_in")
            await google.access_token(access, TOKEN_URL, http)
            return Checked(Verdict.ACCEPTED, "Google gave an access token")
        case Transport.PERPLEXITY:
            # It lists no models; an empty question is refused, but not before the key is read.
            url = f"{access.base_url}/chat/completions"
            response = await http.post(url, json={}, headers=_bearer(access))
            return _read(response.status_code, fine=frozenset({400, 422}))
        case Transport.BEDROCK:
            aws = await imported("execution.clients.bedrock")
            region = access.auth.extra["AWS_REGION"]
            url = f"https://bedrock.{region}.amazonaws.com/foundation-models"
            response = await http.get(url, auth=aws.signature_of(access))
            return _read(response.status_code)
        case _:
            response = await http.get(_url(access), headers=_headers(access))
            return _read(response.status_code)


def _url(access: ProviderAccess) -> str:
    base = access.base_url.rstrip("/")
    match access.transport:
        case Transport.ANTHROPIC:
            return f"{base}/v1/models?limit=1"
        case Transport.OPENROUTER:
            return f"{base}/key"  # its list of models needs no key
        case Transport.AZURE:
            version = access.auth.extra["AZURE_API_VERSION"]
            return f"{base}/openai/models?api-version={version}"
        case _:
            return f"{base}/models"


def _headers(access: ProviderAccess) -> Mapping[str, str]:
    match access.transport:
        case Transport.ANTHROPIC:
            return {"x-api-key": access.auth.api_key, "anthropic-version": _ANTHROPIC_VERSION}
        case Transport.AZURE:
            return {"api-key": access.auth.api_key}
        case _:
            return _bearer(access)


def _bearer(access: ProviderAccess) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {access.auth.api_key}"}


def _read(status: int, *, fine: frozenset[int] = frozenset()) -> Checked:
    if status < 300 or status in fine or status == 429:
        return Checked(Verdict.ACCEPTED, f"Accepted (status {status})")
    if status in (400, 401, 403):
        return Checked(Verdict.REFUSED, f"Refused with status {status}")
    if status == 404:
        # Not every compatible server lists its models; the key was not the reason.
        return Checked(Verdict.UNREACHABLE, "The address answers, but can't check keys (404)")
    return Checked(Verdict.UNREACHABLE, f"The provider answered with status {status}")
