"""Vertex: where its models are, and tokens made of the credentials file that came with a run."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import jwt
import msgspec

from execution.clients.failures import shown
from execution.clients.pool import CONNECT_S, HttpPool
from execution.logic.model_errors import ModelError, connection_error, http_error, unsupported
from models_config.logic.credentials import ProviderChoice

TOKEN_URL = "https://oauth2.googleapis.com/token"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
LIFETIME_S = 3600
EARLY_S = 300.0
"""A token this close to its end is not used for a new request."""
MAX_TOKENS = 64
TIMEOUT_S = 20.0
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def is_anthropic(choice: ProviderChoice) -> bool:
    """Whether the model is one of Anthropic's, which Vertex serves in Anthropic's own protocol."""
    return "claude" in choice.api_model


def openai_endpoint(choice: ProviderChoice) -> str:
    """Vertex's chat completions, for Gemini and the open models."""
    project, location = (
        choice.auth.extra["VERTEXAI_PROJECT"],
        choice.auth.extra["VERTEXAI_LOCATION"],
    )
    return f"{choice.base_url}/projects/{project}/locations/{location}/endpoints/openapi"


class _Account(msgspec.Struct):
    """The fields of the two kinds of credentials file that hold all they need."""

    type: str = ""
    client_email: str = ""
    private_key: str = ""
    private_key_id: str = ""
    client_id: str = ""
    client_secret: str = ""
    refresh_token: str = ""


@dataclass(slots=True)
class _Kept:
    token: str = field(repr=False)
    until: float


class GoogleTokens:
    """Access tokens, each kept until shortly before its end under a hash of its credentials.

    `token_url` is not read from the credentials: they could name any host for the server to call.
    """

    def __init__(
        self,
        pool: HttpPool,
        *,
        token_url: str = TOKEN_URL,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._pool = pool
        self.token_url = token_url
        self.clock = clock
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()

    async def get(self, choice: ProviderChoice) -> str:
        """A token for the choice's credentials. Raises `ModelError`."""
        text = choice.auth.extra["GOOGLE_APPLICATION_CREDENTIALS"]
        key = hashlib.sha256(text.encode()).digest()
        kept = self._kept.get(key)
        if kept is None or kept.until - EARLY_S <= self.clock():
            kept = await self._fetch(choice, text)
            self._kept[key] = kept
            while len(self._kept) > MAX_TOKENS:
                self._kept.popitem(last=False)
        return kept.token

    def forget(self) -> None:
        self._kept.clear()

    async def _fetch(self, choice: ProviderChoice, text: str) -> _Kept:
        now = self.clock()
        form = await asyncio.to_thread(_grant, text, int(now), self.token_url)
        answer = await self._post(choice, form)
        token, seconds = answer.get("access_token"), answer.get("expires_in", LIFETIME_S)
        if not isinstance(token, str) or not isinstance(seconds, int | float):
            raise connection_error("Google gave no access token")
        return _Kept(token, now + seconds)

    async def _post(self, choice: ProviderChoice, form: dict[str, str]) -> dict[str, Any]:
        import httpx2

        http = await self._pool.client()
        try:
            response = await http.post(
                self.token_url, data=form, timeout=httpx2.Timeout(TIMEOUT_S, connect=CONNECT_S)
            )
        except (httpx2.HTTPError, OSError) as error:
            host = urlsplit(self.token_url).hostname
            raise connection_error(f"can't reach {host}: {type(error).__name__}") from None
        if response.status_code != 200:
            raise _refused(response, choice)
        try:
            answer = response.json()
        except ValueError:
            answer = None
        return answer if isinstance(answer, dict) else {}


def _refused(response: Any, choice: ProviderChoice) -> ModelError:
    text = f"Google refused the credentials: {shown(response.text, choice)}"
    if response.status_code >= 500 or response.status_code == 429:
        return http_error(response.status_code, text, response.headers)
    # What a bad file is answered is 400; as for any other bad key it is 401 for us.
    return http_error(401, text, {})


def _grant(text: str, now: int, token_url: str) -> dict[str, str]:
    """The form that a token is asked with."""
    try:
        account = msgspec.json.decode(text, type=_Account)
    except msgspec.DecodeError:
        raise unsupported("GOOGLE_APPLICATION_CREDENTIALS can't be read") from None
    match account.type:
        case "service_account":
            return {"grant_type": GRANT, "assertion": _assertion(account, now, token_url)}
        case "authorized_user":
            return {
                "grant_type": "refresh_token",
                "client_id": account.client_id,
                "client_secret": account.client_secret,
                "refresh_token": account.refresh_token,
            }
    raise unsupported(
        "GOOGLE_APPLICATION_CREDENTIALS must be those of a service account or of a user"
    )


def _assertion(account: _Account, now: int, token_url: str) -> str:
    claims = {
        "iss": account.client_email,
        "scope": SCOPE,
        "aud": token_url,
        "iat": now,
        "exp": now + LIFETIME_S,
    }
    try:
        return jwt.encode(
            claims, account.private_key, "RS256", headers={"kid": account.private_key_id}
        )
    except (ValueError, TypeError, jwt.PyJWTError):
        raise unsupported(
            "GOOGLE_APPLICATION_CREDENTIALS holds a private key that can't be read"
        ) from None
