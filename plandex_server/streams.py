"""How coroutine views are served: the streams, and what waits as they do.

Django's own handler spends five tasks, two threads and a dozen signals on each of these requests.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import IO, Any

from django.core.handlers.asgi import ASGIHandler, ASGIRequest, get_script_prefix
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, set_script_prefix
from django.utils.log import log_response

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Write = Callable[[bytes], None]
"""Writes a piece of an answer to its client; never waits."""

WATCH, MATCH = "plandex.watch", "plandex.match"
"""Where in a scope the request's watch stands, and what its path matched."""


class FramesResponse(StreamingHttpResponse):
    """An answer that `show` writes, piece by piece, until it is done."""

    def __init__(self, show: Callable[[Write], Awaitable[None]], *, content_type: str) -> None:
        super().__init__(content_type=content_type)
        self.show = show
        self["Cache-Control"] = "no-cache"
        self["X-Accel-Buffering"] = "no"


class StreamHandler(ASGIHandler):
    """Serves coroutine views without middleware, whose synchronous parts would need threads."""

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[object] = []
        self._template_response_middleware: list[object] = []
        self._exception_middleware: list[object] = []
        respond = self._get_response_async  # type: ignore[attr-defined]  # not in the stubs
        self._middleware_chain = convert_exception_to_response(respond)

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        assert isinstance(request, ASGIRequest)
        match: ResolverMatch = request.scope[MATCH]
        request.resolver_match = match
        return match

    async def serve(self, scope: Scope, receive: Receive, send: Send, body: IO[bytes]) -> None:
        """Answers a request whose body is here; a client that leaves cancels its view."""
        view = asyncio.current_task()
        assert view is not None, "requests are served in tasks"

        def leave(_: object) -> None:
            view.cancel()

        gone = asyncio.ensure_future(receive())
        gone.add_done_callback(leave)
        try:
            await self._answer(scope, send, body)
        except asyncio.CancelledError:
            if not gone.done():
                raise
            view.uncancel()
        finally:
            gone.remove_done_callback(leave)
            gone.cancel()

    async def _answer(self, scope: Scope, send: Send, body: IO[bytes]) -> None:
        set_script_prefix(get_script_prefix(scope))
        request = ASGIRequest(scope, body)
        try:
            answer = self._middleware_chain(request)
            assert not isinstance(answer, HttpResponseBase), "the chain is a coroutine"
            response = await answer
            if isinstance(response, HttpResponse) and response.status_code >= 400:
                reason = response.reason_phrase
                log_response("%s: %s", reason, request.path, response=response, request=request)
            scope[WATCH].answered(response)
            await self.send_response(response, send)
        finally:
            request.close()

    async def send_response(self, response: HttpResponseBase, send: Send) -> None:
        if not isinstance(response, FramesResponse):
            await super().send_response(response, send)
            return
        headers = [
            (name.encode("ascii"), value.encode("latin1")) for name, value in response.items()
        ]
        status = response.status_code
        await send({"type": "http.response.start", "status": status, "headers": headers})
        write = _direct_write(send)
        if write is not None:
            await response.show(write)
        else:
            await _show_queued(response, send)
        await send({"type": "http.response.body"})


def _direct_write(send: Send) -> Write | None:
    """Past Daphne's checks of a message, which cost more than writing a frame; None under another
    server."""
    if not isinstance(send, partial):
        return None
    from plandex_server.direct_writes import writer_to  # workers need no Twisted

    return writer_to(send.args[0])


async def _show_queued(response: FramesResponse, send: Send) -> None:
    """For servers that take a piece only when they are waited for."""
    pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
    showing = asyncio.ensure_future(response.show(pieces.put_nowait))
    showing.add_done_callback(lambda _: pieces.put_nowait(None))
    try:
        while (piece := await pieces.get()) is not None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await showing
    finally:
        showing.cancel()
        await asyncio.wait({showing})
