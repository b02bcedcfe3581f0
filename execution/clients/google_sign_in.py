"""Google's own library makes access tokens of credentials. Import it through `pool.imported`: it
takes a moment to load.

It works in a thread, since signing takes a while, and its requests come back to the event loop,
where they go through the pool of connections that all providers share.
"""

import asyncio
import time
from calendar import timegm
from typing import Any
from urllib.parse import urlsplit

import httpx2
import msgspec
from google.auth import transport
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import credentials as user_credentials
from google.oauth2 import service_account

from execution.clients.failures import shown
from execution.clients.pool import CONNECT_S
from execution.logic.model_errors import ModelError, connection_error, http_error, unsupported
from models_config.logic.provider_auth import HasAuth
from plandex_server import typed

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
TIMEOUT_S = 20.0
LIFETIME_S = 3600.0
"""Of a token that comes without its own."""
UNREADABLE = "GOOGLE_APPLICATION_CREDENTIALS can't be read"

# Others, such as `external_account`, name files, commands and addresses that the server would use.
_KINDS = ("service_account", "authorized_user")


async def access_token(
    choice: HasAuth, token_url: str, http: httpx2.AsyncClient
) -> tuple[str, float]:
    """A token and the seconds that it holds. Raises `ModelError`."""
    requests = _Requests(choice, http, asyncio.get_running_loop())
    text = choice.auth.extra["GOOGLE_APPLICATION_CREDENTIALS"]
    return await asyncio.to_thread(_refreshed, text, token_url, requests)


def _refreshed(text: str, token_url: str, requests: "_Requests") -> tuple[str, float]:
    credentials = _credentials(text, token_url)
    try:
        credentials.refresh(requests)
    except (GoogleAuthError, AttributeError, KeyError, TypeError, ValueError) as error:
        # Refusals are `ModelError` already: what is left are answers that hold no token.
        raise connection_error(f"Google gave no access token ({type(error).__name__})") from None
    token, expiry = credentials.token, credentials.expiry
    if not isinstance(token, str) or not token:
        raise connection_error("Google gave no access token")
    return token, timegm(expiry.timetuple()) - time.time() if expiry else LIFETIME_S


def _credentials(text: str, token_url: str) -> Any:
    try:
        fields = typed.decode(text, dict[str, Any])
    except msgspec.DecodeError:
        raise unsupported(UNREADABLE) from None
    kind = fields.get("type")
    if kind not in _KINDS:
        raise unsupported(
            "GOOGLE_APPLICATION_CREDENTIALS must be those of a service account or of a user"
        )
    try:
        if kind == "service_account":
            return service_account.Credentials.from_service_account_info(
                fields | {"token_uri": token_url}, scopes=[SCOPE]
            )
        return user_credentials.Credentials(
            None,
            token_uri=token_url,
            refresh_token=fields["refresh_token"],
            client_id=fields["client_id"],
            client_secret=fields["client_secret"],
        )
    except (KeyError, ValueError, TypeError, AttributeError, GoogleAuthError):
        # The library's own words may quote the key.
        raise unsupported(f"{UNREADABLE}: a field is missing, or its private key is none") from None


class _Answer(transport.Response):
    def __init__(self, response: httpx2.Response) -> None:
        self._response = response

    @property
    def status(self) -> int:
        return self._response.status_code

    @property
    def headers(self) -> Any:
        return self._response.headers

    @property
    def data(self) -> bytes:
        return self._response.content


class _Requests(transport.Request):
    """The library's way to the network. A refusal is raised here: the library would wait and ask
    again, which is for the retries of the call to decide."""

    def __init__(
        self, choice: HasAuth, http: httpx2.AsyncClient, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._choice = choice
        self._http = http
        self._loop = loop

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Any = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> transport.Response:
        asked = self._send(method, url, body, dict(headers or {}))
        response = asyncio.run_coroutine_threadsafe(asked, self._loop).result()
        if response.status_code != 200:
            raise self._refused(response)
        return _Answer(response)

    async def _send(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str]
    ) -> httpx2.Response:
        limit = httpx2.Timeout(TIMEOUT_S, connect=CONNECT_S)
        try:
            return await self._http.request(
                method, url, content=body, headers=headers, timeout=limit
            )
        except (httpx2.HTTPError, OSError) as error:
            host = urlsplit(url).hostname
            raise connection_error(f"can't reach {host}: {type(error).__name__}") from None

    def _refused(self, response: httpx2.Response) -> ModelError:
        text = f"Google refused the credentials: {shown(response.text, self._choice)}"
        if response.status_code >= 500 or response.status_code == 429:
            return http_error(response.status_code, text, response.headers)
        # What bad credentials are answered is 400; as for any other bad key it is 401 for us.
        return http_error(401, text, {})
