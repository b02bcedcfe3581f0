"""Providers that speak OpenAI's chat completions.

The SDK sends requests (`openai_sdk.py`) and reports errors; its streams are read as bytes and
decoded by a typed decoder, which costs a fifth of the SDK's own chunk objects.
"""

from typing import Any

from execution.clients.base import ModelRequest
from execution.clients.failures import header_key
from execution.clients.openai_shapes import openai_body
from execution.clients.openai_stream import OpenAIReader
from execution.clients.pool import CONNECT_S, HttpPool, imported
from execution.clients.streaming_client import StreamingClient
from execution.clients.vertex import GoogleTokens, openai_endpoint
from models_config.logic.catalog import Transport
from models_config.logic.credentials import ProviderChoice

_PLACEHOLDER = "sent-with-each-request"


class OpenAIClient(StreamingClient):
    sdk = "openai"

    def __init__(self, pool: HttpPool, tokens: GoogleTokens) -> None:
        super().__init__(pool, tokens)
        self._without_usage: set[str] = set()
        """Addresses whose servers refuse to be asked for the usage."""

    async def _reader(self, request: ModelRequest, response: Any) -> OpenAIReader:
        content_type = response.headers.get("content-type", "")
        return OpenAIReader(request.choice, content_type, has_tool=request.tool is not None)

    async def _open(self, openai: Any, request: ModelRequest) -> Any:
        choice = request.choice
        sdk = await self._sdk(openai, choice)
        headers = await self._headers(openai, choice)
        asks_usage = choice.base_url not in self._without_usage
        body = openai_body(request, asks_usage=asks_usage)
        try:
            return await _post(sdk, body, headers)
        except openai.APIStatusError as error:
            if not asks_usage or "stream_options" not in error.response.text:
                raise
        self._without_usage.add(choice.base_url)
        return await _post(sdk, openai_body(request, asks_usage=False), headers)

    async def _sdk(self, openai: Any, choice: ProviderChoice) -> Any:
        http = await self._pool.client()
        clients = await imported("execution.clients.openai_sdk")
        common: dict[str, Any] = {
            "api_key": _PLACEHOLDER,
            "max_retries": 0,
            "timeout": openai.Timeout(None, connect=CONNECT_S),
            "http_client": http,
        }
        if choice.transport is Transport.AZURE:
            version = choice.auth.extra["AZURE_API_VERSION"]
            return self._sdks.get(
                (id(http), choice.base_url, version),
                lambda: clients.Azure(
                    azure_endpoint=choice.base_url, api_version=version, **common
                ),
            )
        url = openai_endpoint(choice) if choice.transport is Transport.VERTEX else choice.base_url
        return self._sdks.get((id(http), url), lambda: clients.OpenAI(base_url=url, **common))

    async def _headers(self, openai: Any, choice: ProviderChoice) -> dict[str, Any]:
        """The caller's credentials, and none that the server's own environment may hold."""
        none = openai.Omit()
        headers: dict[str, Any] = {"OpenAI-Organization": none, "OpenAI-Project": none}
        headers |= choice.headers
        if choice.transport is Transport.AZURE:
            return headers | {"api-key": header_key(choice)}
        if choice.transport is Transport.VERTEX:
            key = await self._tokens.get(choice)
        else:
            key = header_key(choice)
        return headers | {"Authorization": f"Bearer {key}" if key else none}


async def _post(sdk: Any, body: dict[str, Any], headers: dict[str, Any]) -> Any:
    """The opened response. Not `chat.completions.create`: it walks through all messages again."""
    import httpx2
    import openai

    return await sdk.post(
        "/chat/completions",
        cast_to=httpx2.Response,
        body=body,
        options={"headers": headers},
        stream=True,
        stream_cls=openai.AsyncStream,
    )
