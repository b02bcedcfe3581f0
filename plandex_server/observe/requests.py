"""What one request leaves behind: its id in answers and log lines, its place in the metrics."""

import logging
import os
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

from django.http.response import HttpResponseBase

from plandex_server.observe import metrics
from plandex_server.observe.logs import request_id

logger = logging.getLogger("plandex.requests")

HEADER = "X-Request-Id"
_HEADER = HEADER.lower().encode()
_ACCEPTED = re.compile(rb"[A-Za-z0-9._\-]{1,64}")
# A client may send any word as its method.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "none"
ROUTE = "plandex.route"
"""Where in a scope the pattern of the path stands."""


class Watch:
    """One request, from its headers to the end of its answer."""

    __slots__ = ("_answered_at", "_began", "_id", "_is_open", "_scope", "_status")

    def __init__(self, scope: dict[str, Any]) -> None:
        self._scope = scope
        self._began = time.perf_counter()
        self._answered_at: float | None = None
        self._status = 0
        self._is_open = False
        self._id = _id_of(scope["headers"])
        request_id.set(self._id)

    def answered(self, response: HttpResponseBase) -> None:
        """Call it when the answer is made, before it is sent."""
        self._answered_at = time.perf_counter()
        response[HEADER] = self._id
        # A browser takes an answer for what it says it is, and for no page or script.
        response["X-Content-Type-Options"] = "nosniff"
        self._status = response.status_code
        method, route = self._labels()
        metrics.REQUESTS.labels(method, route, str(self._status)).inc()
        seconds = self._answered_at - self._began
        metrics.REQUEST_SECONDS.labels(method, route).observe(seconds)
        if response.streaming:
            self._is_open = True
            metrics.STREAMS_OPEN.labels(route).inc()

    def closed(self) -> None:
        """Call it when nothing more will be sent."""
        if self._is_open:
            metrics.STREAMS_OPEN.labels(self._labels()[1]).dec()
        if logger.isEnabledFor(logging.INFO):
            self._log()

    def _labels(self) -> tuple[str, str]:
        method = self._scope["method"]
        return (method if method in _METHODS else "other"), self._scope.get(ROUTE, NO_ROUTE)

    def _log(self) -> None:
        ended = time.perf_counter()
        first = ended if self._answered_at is None else self._answered_at
        facts: dict[str, object] = {
            "method": self._scope["method"],
            "route": self._labels()[1],
            "status": self._status,
            "ms": _ms(first - self._began),
        }
        if self._is_open:
            facts["stream_ms"] = _ms(ended - first)
        # The path, never the query: that may hold what its user typed.
        logger.info(
            "%s %s %s", facts["method"], self._scope["path"], self._status or "-", extra=facts
        )


def _id_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The id that the client or a proxy gave, if it is a plain word; else a new one."""
    for name, value in headers:
        if name == _HEADER and _ACCEPTED.fullmatch(value):
            return value.decode()
    return os.urandom(8).hex()


def route_note(scope: Mapping[str, Any], route: str) -> None:
    """Notes which pattern a path matched."""
    assert isinstance(scope, dict), "the scope of a request"
    scope[ROUTE] = f"/{route}"


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
