"""What a worker answers over HTTP: `/metrics` and `/health/…` on `METRICS_PORT`, nothing else.

It has a thread of its own, so that a worker whose loop hangs is seen.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.exposition import ThreadingWSGIServer

from plandex_server.errors import BadRequest
from plandex_server.operations.access import may_read_metrics
from plandex_server.operations.exposition import process_metrics_text
from plandex_server.operations.health import health_bytes, is_failed, probes_chosen
from plandex_server.operations.probes import Part, Probe, State, ask_all

logger = logging.getLogger(__name__)

LOOP_S = 2.0
JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
PARTS = "database,redis,disk"
"""What a worker needs; the queue and the other workers say nothing about this one."""

Start = Callable[[str, list[tuple[str, str]]], Any]
Answer = tuple[str, str, bytes]


class _QuietHandler(WSGIRequestHandler):
    timeout = 10
    """A client that says nothing for so long keeps no thread."""

    def log_message(self, format: str, *args: Any) -> None:
        """A line for each probe would drown the others."""


def worker_port_open(host: str, port: int, loop: asyncio.AbstractEventLoop) -> ThreadingWSGIServer:
    """Serves in the background until the process ends; `server.server_port` says where."""
    server = make_server(
        host, port, _application(loop), ThreadingWSGIServer, handler_class=_QuietHandler
    )
    threading.Thread(target=server.serve_forever, name="worker-port", daemon=True).start()
    assert isinstance(server, ThreadingWSGIServer)
    return server


def _application(
    loop: asyncio.AbstractEventLoop,
) -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    alive = Probe("loop", lambda: _turns(loop))

    def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        status, kind, body = _answered(environ, alive)
        headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
        start(status, [*headers, ("Cache-Control", "no-store")])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    return application


def _answered(environ: dict[str, Any], alive: Probe) -> Answer:
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return "405 Method Not Allowed", TEXT, b"GET or HEAD\n"
    match environ["PATH_INFO"]:
        case "/metrics":
            return _metrics(environ)
        case "/health/live":
            return _health(ask_all({"loop": alive}))
        case "/health/ready":
            wanted = parse_qs(environ.get("QUERY_STRING", "")).get("parts", [PARTS])[0]
            try:
                return _health(ask_all({"loop": alive, **probes_chosen(wanted)}))
            except BadRequest as error:
                return "400 Bad Request", TEXT, f"{error.msg}\n".encode()
    return "404 Not Found", TEXT, b"There is nothing at this address.\n"


def _metrics(environ: dict[str, Any]) -> Answer:
    allowed = may_read_metrics(
        address=environ.get("REMOTE_ADDR", ""),
        authorization=environ.get("HTTP_AUTHORIZATION", ""),
        is_forwarded="HTTP_X_FORWARDED_FOR" in environ,
    )
    if not allowed:
        return "403 Forbidden", TEXT, b"Metrics are for METRICS_NETWORKS, or with a token.\n"
    return "200 OK", CONTENT_TYPE_LATEST, process_metrics_text()


def _health(parts: dict[str, Part]) -> Answer:
    status = "503 Service Unavailable" if is_failed(parts) else "200 OK"
    return status, JSON, health_bytes(parts)


def _turns(loop: asyncio.AbstractEventLoop) -> Part:
    """Whether the loop that carries the runs still turns."""

    async def nothing() -> None:
        """It was reached."""

    turned = asyncio.run_coroutine_threadsafe(nothing(), loop)
    turned.result(LOOP_S)
    return Part(State.OK)
