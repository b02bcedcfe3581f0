"""How requests are handled under ASGI.

A streaming view is a coroutine: it runs on the event loop, outside the middleware. Every other
request goes, from middleware to view, to one kept thread in one hop; those that may wait for long
have threads of their own. The pages of the admin have sessions and more middleware, for which the
API does not pay.
"""

from contextlib import closing
from functools import lru_cache
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIRequest, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import re_path, set_script_prefix
from django.utils.module_loading import import_string

from plandex_server.api.dialect import dialect_of
from plandex_server.api.exceptions import error_response
from plandex_server.api.headers import headers_of
from plandex_server.errors import TooLarge
from plandex_server.observe import metrics
from plandex_server.observe.requests import Watch, route_note
from plandex_server.stream_paths import stream_match
from plandex_server.streams import MATCH, WATCH, Receive, Scope, Send, StreamHandler
from plandex_server.threads import in_patient_thread, in_thread


class PageHandler(BaseHandler):
    """The whole chain of middleware and view, all synchronous."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware(is_async=False)

    def respond(self, scope: Scope, body: IO[bytes]) -> HttpResponseBase:
        """The answer. Django's signals around a request are not sent: what they care for, the
        connections, `in_thread` does."""
        set_script_prefix(get_script_prefix(scope))
        request = ASGIRequest(scope, body)
        response = self.get_response(request)
        match = request.resolver_match
        if match is not None:
            route_note(scope, match.route)
        if response.streaming:
            response = _collected(response)
        if request.method == "HEAD" and isinstance(response, HttpResponse):
            # Daphne would send what is beyond the first piece of a body.
            response.content = b""
        return response


class ApiHandler(PageHandler):
    """Behind `API_MIDDLEWARE` alone, whose members are plain callables without other hooks."""

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[object] = []
        self._template_response_middleware: list[object] = []
        self._exception_middleware: list[object] = []
        respond = self._get_response  # type: ignore[attr-defined]  # not in the stubs
        chain = convert_exception_to_response(respond)
        for path in reversed(settings.API_MIDDLEWARE):
            chain = convert_exception_to_response(import_string(path)(chain))
        self._middleware_chain = chain


def _collected(response: HttpResponseBase) -> HttpResponse:
    """A streamed file as one body: only static files come here, and they are small."""
    body = b"".join(response)
    whole = HttpResponse(body, status=response.status_code)
    for name, value in response.items():
        whole[name] = value
    return whole


class Application:
    def __init__(self) -> None:
        self._streams = StreamHandler()
        self._pages = PageHandler()
        self._api = ApiHandler()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            with metrics.STREAMS_OPEN.labels("websocket").track_inprogress():
                await _websockets()(scope, receive, send)
            return
        if scope["type"] != "http":
            raise ValueError(f"{scope['type']} connections are not served here")
        watch = scope[WATCH] = Watch(scope)
        try:
            await self._respond(scope, receive, send)
        finally:
            watch.closed()

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, is_stream = scope["path"], _is_stream(scope)
        try:
            body = await _read_body(receive, body_limit(scope, is_stream=is_stream))
        except RequestAborted:
            return
        except TooLarge as error:
            dialect = dialect_of(headers_of(scope["headers"]))
            await self._send(scope, send, error_response(error, dialect))
            return
        with closing(body):
            if is_stream:
                await self._streams.serve(scope, receive, send, body)
                return
            if path.startswith(settings.ADMIN_PATH):
                response = await in_patient_thread(self._pages.respond, scope, body)
            else:
                threads = in_patient_thread if _is_patient(scope) else in_thread
                response = await threads(self._api.respond, scope, body)
        await self._send(scope, send, response)

    async def _send(self, scope: Scope, send: Send, response: HttpResponseBase) -> None:
        scope[WATCH].answered(response)
        await self._streams.send_response(response, send)


@lru_cache(maxsize=1)
def _websockets() -> Any:
    from channels.routing import URLRouter

    routes = import_string(settings.WEBSOCKET_ROUTES)
    last: Any = _no_such_websocket  # the stubs know views only
    return URLRouter([*routes, re_path("", last)])


async def _no_such_websocket(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": 4404})


def body_limit(scope: Scope, *, is_stream: bool) -> int:
    """Only who says to have signed in to the API may send much: to the rest a small body will
    do."""
    signed = any(name == b"authorization" for name, _ in scope["headers"])
    if not signed or scope["path"].startswith(settings.SMALL_BODY_PREFIXES):
        return settings.MAX_SMALL_BODY_BYTES
    return settings.MAX_STREAM_BODY_BYTES if is_stream else settings.MAX_BODY_BYTES


async def _read_body(receive: Receive, limit: int) -> IO[bytes]:
    """The whole body, so that a refusal never breaks the connection under the CLI's feet."""
    import tempfile

    body: IO[bytes] = tempfile.SpooledTemporaryFile(
        max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE, mode="w+b"
    )
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            body.close()
            raise RequestAborted
        size += len(message.get("body", b""))
        if size <= limit:
            body.write(message.get("body", b""))
        if not message.get("more_body", False):
            break
    if size > limit:
        body.close()
        raise TooLarge(f"The request's body is larger than {limit} bytes.")
    body.seek(0)
    return body


def _is_patient(scope: Scope) -> bool:
    above, _, last = scope["path"].rpartition("/")
    named = f"{above.rpartition('/')[2]}/"
    asked = {(scope["method"], last), (scope["method"], named)}
    return not asked.isdisjoint(settings.PATIENT_REQUESTS)


def _is_stream(scope: Scope) -> bool:
    match = stream_match(scope["path"])
    if match is None:
        return False
    route_note(scope, match.route)
    scope[MATCH] = match
    return True
