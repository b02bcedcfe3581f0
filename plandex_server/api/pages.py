"""Endpoints of the server itself: health, version, the API description and its page."""

import threading
from collections.abc import Callable
from functools import cache, wraps

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from plandex_server import API_VERSION
from plandex_server.api.describe import Answer, Parameter, describes
from plandex_server.api.exceptions import method_not_allowed

View = Callable[[HttpRequest], HttpResponse]

_YAML = "application/yaml"
# The page needs nothing from elsewhere and must not fetch anything from there.
_CONTENT_POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'"
_generating = threading.Lock()


def _read_only(view: View) -> View:
    """A plain view for GET and HEAD."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return view(request)
        return method_not_allowed(request, "GET", "HEAD")

    return guarded


@describes(
    "getHealth",
    "Health",
    "Liveness probe used by load balancers and monitoring.",
    returns={200: Answer("Server is healthy.", text="OK")},
    method="GET",
    is_open=True,
)
@_read_only
def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("OK", content_type="text/plain; charset=utf-8")


@describes(
    "getVersion",
    "Health",
    "Returns the version of the API that the server speaks.",
    returns={200: Answer("Version string.", text=API_VERSION)},
    method="GET",
    is_open=True,
)
@_read_only
def version(request: HttpRequest) -> HttpResponse:
    return HttpResponse(API_VERSION + "\n", content_type="text/plain; charset=utf-8")


@describes(
    "getSchema",
    "Health",
    "This description; in YAML with `format=yaml` or when the client accepts only that.",
    returns={200: Answer("OpenAPI 3.1.", dict[str, object], text="openapi: 3.1.0", media=_YAML)},
    parameters=(Parameter("format", "The form.", {"type": "string", "enum": ["json", "yaml"]}),),
    method="GET",
    is_open=True,
)
@_read_only
def schema(request: HttpRequest) -> HttpResponse:
    if _wants_yaml(request):
        return HttpResponse(_as_yaml(), content_type=f"{_YAML}; charset=utf-8")
    return HttpResponse(_as_json(), content_type="application/json")


@describes(
    "getDocs",
    "Health",
    "This description as a page for people.",
    returns={200: Answer("The page.", text="<!doctype html>", media="text/html")},
    method="GET",
    is_open=True,
)
@_read_only
def docs(request: HttpRequest) -> HttpResponse:
    response = render(request, "api/docs.html")
    response["Content-Security-Policy"] = _CONTENT_POLICY
    return response


def _wants_yaml(request: HttpRequest) -> bool:
    form = request.GET.get("format")
    accepted = request.headers.get("Accept", "")
    return form == "yaml" if form else "yaml" in accepted and "json" not in accepted


def _as_json() -> bytes:
    # drf-spectacular keeps its settings in one place: two walks at once would mix them up.
    with _generating:
        return _generated()


@cache
def _generated() -> bytes:
    # Loaded on the first request only: the walk needs modules that serve nothing else.
    from plandex_server.api.schema import Generator

    return msgspec.json.encode(Generator().get_schema())


@cache
def _as_yaml() -> bytes:
    import yaml

    text: str = yaml.safe_dump(msgspec.json.decode(_as_json()), sort_keys=False, allow_unicode=True)
    return text.encode()
