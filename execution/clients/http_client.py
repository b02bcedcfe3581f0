"""The HTTP client under the providers' SDKs. Import it through `pool.imported`: the SDK behind it
takes a second to load."""

import ssl
from collections.abc import AsyncIterator
from functools import cache

import aiohttp
import httpx2
import openai

from execution.clients import guard

MAX_ERROR_BODY = 64 * 1024
"""Of an error answer; what is longer is cut, and the connection with it."""
MAX_CONNECTIONS = 4000
"""More than the runs of a process: a run must never wait for another one's connection."""
KEPT_S = 30.0


def make() -> httpx2.AsyncClient:
    """A client with its own pool of connections.

    It follows no redirects: SDKs would send keys in their own headers to another host. Where its
    connections lead is the guard's to say.
    """
    guard.warm_up()
    client = openai.DefaultAioHttpClient(
        verify=_certificates(),
        follow_redirects=False,
        # Packed streams arrive in lumps, and unpacking them costs more than reading.
        headers={"accept-encoding": "identity"},
        limits=httpx2.Limits(max_connections=MAX_CONNECTIONS, keepalive_expiry=KEPT_S),
        event_hooks={"response": [_bound_error]},
    )
    # Not by the argument `transport`, with which the environment's proxies would be ignored.
    client._transport.client = _session  # type: ignore[attr-defined]  # aiohttp's transport
    return client


def _session() -> aiohttp.ClientSession:
    """Made on the first request, on its event loop."""
    connector = aiohttp.TCPConnector(
        limit=MAX_CONNECTIONS,
        keepalive_timeout=KEPT_S,
        ssl=_certificates(),
        socket_factory=guard.socket_make,
    )
    return aiohttp.ClientSession(connector=connector)


@cache
def _certificates() -> ssl.SSLContext:
    """Reading the system's certificates takes longer than a whole request."""
    return httpx2.create_ssl_context()


async def _bound_error(response: httpx2.Response) -> None:
    if response.status_code >= 300 and isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream)


class _Bounded(httpx2.AsyncByteStream):
    """The beginning of an error body: SDKs read all of it into memory."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MAX_ERROR_BODY
        async for data in self._stream:
            yield data[:left]
            left -= len(data)
            if left <= 0:
                return

    async def aclose(self) -> None:
        await self._stream.aclose()
