"""The OpenAI SDK's clients, which make what is the same in all requests to an address only once.

The SDK takes 2 ms to build a request: as long as receiving 50 chunks of the answer. So the first
one to an address is built by it, and its URL and headers serve for those that follow. Import this
through `pool.imported`: the SDK takes a second to load.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import httpx2
import msgspec
import openai

from execution.clients.pool import SdkClients

_encode = msgspec.json.Encoder().encode
_BODY_HEADERS = frozenset({b"content-length"})


@dataclass(frozen=True, slots=True)
class _Prototype:
    """What requests to one address share: nothing of whoever made the first one."""

    url: httpx2.URL
    headers: tuple[tuple[bytes, bytes], ...]
    extensions: Mapping[str, Any]

    def request(self, body: object, own: Mapping[str, object]) -> httpx2.Request:
        content = _encode(body)
        headers = [
            *self.headers,
            # Others are the SDK's mark for a header that is left out.
            *(
                (name.encode(), text.encode())
                for name, text in own.items()
                if isinstance(text, str)
            ),
            (b"Content-Length", str(len(content)).encode()),
        ]
        request = httpx2.Request(
            "POST",
            self.url,
            headers=headers,
            # With `content` it would look through all headers for what it may add.
            stream=httpx2.ByteStream(content),
            extensions=dict(self.extensions),
        )
        request.read()
        return request


def _prototype(first: httpx2.Request, own: Mapping[str, object]) -> _Prototype:
    dropped = _BODY_HEADERS | {name.lower().encode() for name in own}
    kept = tuple(pair for pair in first.headers.raw if pair[0].lower() not in dropped)
    return _Prototype(first.url, kept, first.extensions)


class _Requests:
    """`_build_request` of both clients, for the one request that is made with them."""

    def __init__(self) -> None:
        self._prototypes = SdkClients()

    def build(self, key: Hashable, options: Any, first: Any) -> httpx2.Request:
        own: Mapping[str, object] = options.headers
        made: list[httpx2.Request] = []

        def make() -> _Prototype:
            made.append(first())
            return _prototype(made[0], own)

        prototype = cast(_Prototype, self._prototypes.get(key, make))
        return made[0] if made else prototype.request(options.json_data, own)


class OpenAI(openai.AsyncOpenAI):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._requests = _Requests()

    def _build_request(self, options: Any, *, retries_taken: int = 0) -> httpx2.Request:
        return self._requests.build(options.url, options, partial(super()._build_request, options))


class Azure(openai.AsyncAzureOpenAI):
    """The model is part of the address."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._requests = _Requests()

    def _build_request(self, options: Any, *, retries_taken: int = 0) -> httpx2.Request:
        model = options.json_data["model"]
        return self._requests.build(model, options, partial(super()._build_request, options))
