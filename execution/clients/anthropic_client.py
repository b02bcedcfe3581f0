"""Anthropic's own protocol: at Anthropic, on Vertex and on Bedrock.

The SDK sends requests and reports errors, and knows the paths of the three; the streams are read as
bytes and decoded by a typed decoder.
"""

from typing import Any

from execution.clients.anthropic_shapes import API_VERSION, anthropic_body
from execution.clients.anthropic_stream import AnthropicReader, Framing
from execution.clients.base import ModelRequest
from execution.clients.failures import header_key
from execution.clients.pool import CONNECT_S, HttpPool, imported
from execution.clients.sse import SseData
from execution.clients.streaming_client import StreamingClient
from execution.clients.vertex import GoogleTokens
from models_config.logic.catalog import Transport
from models_config.logic.credentials import ProviderChoice

ON_DEMAND = "on-demand throughput"
"""What Bedrock calls a model that it does not serve without an inference profile."""
_PLACEHOLDER = "sent-with-each-request"
_GEOGRAPHIES = {"us": "us", "ca": "us", "eu": "eu", "ap": "apac"}


class AnthropicClient(StreamingClient):
    sdk = "anthropic"

    def __init__(self, pool: HttpPool, tokens: GoogleTokens) -> None:
        super().__init__(pool, tokens)
        self._profiled: set[tuple[str, str]] = set()
        """Addresses and models that Bedrock serves only through an inference profile."""

    async def _reader(self, request: ModelRequest, response: Any) -> AnthropicReader:
        choice = request.choice
        return AnthropicReader(choice, await _framing(choice), has_tool=request.tool is not None)

    async def _open(self, anthropic: Any, request: ModelRequest) -> Any:
        choice = request.choice
        body = anthropic_body(request)
        if choice.transport is not Transport.BEDROCK:
            return await self._post(anthropic, choice, body)
        served = (choice.base_url, choice.api_model)
        profile = regional_profile(choice)
        if served not in self._profiled:
            try:
                return await self._post(anthropic, choice, body)
            except anthropic.APIStatusError as error:
                if profile is None or ON_DEMAND not in error.response.text:
                    raise
            self._profiled.add(served)
        return await self._post(anthropic, choice, body | {"model": profile})

    async def _post(self, anthropic: Any, choice: ProviderChoice, body: dict[str, Any]) -> Any:
        """The opened response. Not `messages.create`: it walks through all messages again."""
        import httpx2

        sdk = await self._sdk(anthropic, choice)
        return await sdk.post(
            "/v1/messages",
            cast_to=httpx2.Response,
            body=body,
            options={"headers": await self._headers(anthropic, choice)},
            stream=True,
            stream_cls=anthropic.AsyncStream,
        )

    async def _sdk(self, anthropic: Any, choice: ProviderChoice) -> Any:
        http = await self._pool.client()
        url = choice.base_url
        common: dict[str, Any] = {
            "base_url": url,
            "max_retries": 0,
            "timeout": anthropic.Timeout(None, connect=CONNECT_S),
            "http_client": http,
        }
        match choice.transport:
            case Transport.BEDROCK:
                # Not kept: it signs with the caller's credentials.
                bedrock = await imported("execution.clients.bedrock")
                return bedrock.signing_client(choice, common)
            case Transport.VERTEX:
                place = {
                    "project_id": choice.auth.extra["VERTEXAI_PROJECT"],
                    "region": choice.auth.extra["VERTEXAI_LOCATION"],
                }
                return self._sdks.get(
                    (id(http), url, *place.values()),
                    lambda: anthropic.AsyncAnthropicVertex(
                        access_token=_PLACEHOLDER, **place, **common
                    ),
                )
            case _:
                return self._sdks.get(
                    (id(http), url),
                    lambda: anthropic.AsyncAnthropic(api_key=_PLACEHOLDER, **common),
                )

    async def _headers(self, anthropic: Any, choice: ProviderChoice) -> dict[str, Any]:
        headers: dict[str, Any] = {"anthropic-version": API_VERSION}
        match choice.transport:
            case Transport.BEDROCK:
                return {}  # signed when the request is complete
            case Transport.VERTEX:
                return headers | {"Authorization": f"Bearer {await self._tokens.get(choice)}"}
            case _:
                key = header_key(choice)
                return headers | {"X-Api-Key": key, "Authorization": anthropic.Omit()}


async def _framing(choice: ProviderChoice) -> Framing:
    if choice.transport is not Transport.BEDROCK:
        return SseData()
    events: Framing = (await imported("execution.clients.aws_events")).AwsEvents(choice)
    return events


def regional_profile(choice: ProviderChoice) -> str | None:
    """The inference profile that AWS offers all its customers for the model in the region."""
    region = choice.auth.extra["AWS_REGION"]
    area = "us-gov" if region.startswith("us-gov-") else _GEOGRAPHIES.get(region.partition("-")[0])
    if area is None or not choice.api_model.startswith("anthropic."):
        return None
    return f"{area}.{choice.api_model}"
