"""The base of all endpoints: DRF's dispatch and errors, our bodies and answers."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from django.http import HttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from plandex_server.api import body
from plandex_server.api.dialect import Dialect, dialect_of

T = TypeVar("T")

Json = Mapping[str, Any] | Sequence[Any] | str | int | float | bool | None

_encoder = msgspec.json.Encoder()


class AnyContent(BaseContentNegotiation):
    """Answers have one form each; what the client says it accepts changes nothing."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return next(iter(parsers), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return JSONRenderer(), "application/json"


class ApiViewSet(ViewSet):
    """A group of endpoints. Methods return what `answer` or `text` make."""

    content_negotiation_class = AnyContent
    permission_classes: Sequence[Any] = ()
    throttle_classes: Sequence[Any] = ()


def parse(request: Request, kind: type[T], *, error: str = body.BAD_BODY, files: bool = False) -> T:
    """The request's body as a `kind` (see `plandex_server.api.body`). `files`: it carries texts of
    files, which need not be Unicode."""
    sent = request._request.body
    return body.parse(body.mended(sent) if files else sent, kind, error=error)


def dialect(request: Request) -> Dialect:
    return dialect_of(request.headers)


def answer(value: Json = None, *, status: int = 200) -> HttpResponse:
    """A JSON answer; with `None` an empty one."""
    if value is None:
        return HttpResponse(b"", status=status, content_type="text/plain; charset=utf-8")
    return HttpResponse(_encoder.encode(value), status=status, content_type="application/json")


def text(value: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(value, status=status, content_type="text/plain; charset=utf-8")
