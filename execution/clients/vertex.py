"""Vertex: where its models are, and tokens made of the credentials that came with a run."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from execution.clients.pool import HttpPool, imported
from models_config.logic.credentials import ProviderChoice

TOKEN_URL = "https://oauth2.googleapis.com/token"
EARLY_S = 300.0
"""A token this close to its end is not used for a new request."""
MAX_TOKENS = 64


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


@dataclass(slots=True)
class _Kept:
    token: str = field(repr=False)
    until: float


class GoogleTokens:
    """Access tokens, each kept until shortly before its end under a hash of its credentials; many
    runs that need the same one ask for it once.

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
        self._asking: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()

    async def get(self, choice: ProviderChoice) -> str:
        """A token for the choice's credentials. Raises `ModelError`."""
        text = choice.auth.extra["GOOGLE_APPLICATION_CREDENTIALS"]
        key = hashlib.sha256(text.encode()).digest()
        lock = self._asking.setdefault(key, asyncio.Lock())
        async with lock:
            kept = self._kept.get(key)
            if kept is None or kept.until - EARLY_S <= self.clock():
                kept = await self._fetch(choice)
                self._kept[key] = kept
                while len(self._kept) > MAX_TOKENS:
                    self._kept.popitem(last=False)
        return kept.token

    def forget(self) -> None:
        self._kept.clear()

    async def _fetch(self, choice: ProviderChoice) -> _Kept:
        google = await imported("execution.clients.google_sign_in")
        http = await self._pool.client()
        token, seconds = await google.access_token(choice, self.token_url, http)
        return _Kept(token, self.clock() + seconds)
