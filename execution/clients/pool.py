"""What the clients of a process share: SDKs, connections, and the SDKs' client objects."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Hashable
from importlib import import_module
from typing import Any
from weakref import WeakKeyDictionary

CONNECT_S = 10.0
"""A provider that accepts no connection in this time is down; waiting longer helps nobody."""
MAX_SDK_CLIENTS = 32
"""Addresses, not users: the built-in providers have ten, custom ones and regions add some."""

_imported: dict[str, Any] = {}


async def imported(name: str) -> Any:
    """A provider's SDK. Importing one takes a second, which the event loop must not lose."""
    if name not in _imported:
        # Not `sys.modules`: a module is listed there before it is complete.
        _imported[name] = await asyncio.to_thread(import_module, name)
    return _imported[name]


class HttpPool:
    """One pool of connections per event loop, shared by all providers."""

    def __init__(self) -> None:
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = WeakKeyDictionary()

    async def client(self) -> Any:
        """The `httpx2.AsyncClient` of this loop."""
        loop = asyncio.get_running_loop()
        found = self._clients.get(loop)
        if found is None:
            http_client = await imported("execution.clients.http_client")
            # In a thread: it reads the system's certificates. Two first calls may both make one;
            # the second has opened nothing yet and is dropped.
            made = await asyncio.to_thread(http_client.make)
            found = self._clients.setdefault(loop, made)
        return found

    async def close(self) -> None:
        """Closes the connections of this loop."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()


def received(response: Any) -> AsyncGenerator[bytes, None]:
    """The body as it arrives. Where nothing is packed it goes past the response's own iterators,
    whose layers cost a fifth of reading a chunk."""
    is_packed = "content-encoding" in response.headers
    pieces: AsyncGenerator[bytes, None] = (
        response.aiter_bytes() if is_packed else response.stream.__aiter__()
    )
    return pieces


class SdkClients:
    """The SDKs' client objects, a few of them kept by address.

    They hold no keys: a key goes with each request, so that none outlives the run that brought it
    and one object serves all users of an address.
    """

    def __init__(self, bound: int = MAX_SDK_CLIENTS) -> None:
        self._bound = bound
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        made = self._kept[key] = make()
        if len(self._kept) > self._bound:
            self._kept.popitem(last=False)
        return made

    def clear(self) -> None:
        self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)
