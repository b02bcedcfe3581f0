"""Addresses for machines that watch the server. None needs a sign-in, none tells a secret."""

from collections.abc import Callable, Coroutine
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from prometheus_client import CONTENT_TYPE_LATEST

from plandex_server.api.describe import Answer, Parameter, describes
from plandex_server.api.dialect import dialect_of
from plandex_server.api.exceptions import error_response, method_not_allowed
from plandex_server.api.network import address_of, is_forwarded_unknown
from plandex_server.errors import ApiError, Forbidden
from plandex_server.operations.access import may_read_metrics
from plandex_server.operations.exposition import metrics_text
from plandex_server.operations.health import HealthJson, health_bytes, is_failed, probes_chosen
from plandex_server.operations.parts import PART_NAMES
from plandex_server.operations.probes import Part, ask_all_async

_A_PART = f"({'|'.join(PART_NAMES)})"
AsyncView = Callable[[HttpRequest], Coroutine[None, None, HttpResponseBase]]


def _watched(view: AsyncView) -> AsyncView:
    """A coroutine view for GET and HEAD."""

    @wraps(view)
    async def guarded(request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return method_not_allowed(request, "GET", "HEAD")
        try:
            response = await view(request)
        except ApiError as error:
            response = error_response(error, dialect_of(request.headers))
        if request.method == "HEAD" and isinstance(response, HttpResponse):
            response.content = b""
        response["Cache-Control"] = "no-store"
        return response

    return guarded


@describes(
    "getLive",
    "Health",
    "Whether the process serves at all. It asks nothing else: restart what does not answer.",
    returns={200: Answer("The process serves.", HealthJson)},
    method="GET",
    is_open=True,
)
@_watched
async def live(request: HttpRequest) -> HttpResponseBase:
    return _health({})


@describes(
    "getReady",
    "Health",
    "Whether the parts of the installation work: database, Redis, queue, workers, disk.",
    returns={
        200: Answer("All parts work, maybe one less well (`degraded`).", HealthJson),
        503: Answer("A part has failed.", HealthJson),
    },
    errors=(400,),
    parameters=(
        Parameter(
            "parts",
            "Only these, with commas between them.",
            {"type": "string", "pattern": f"^({_A_PART}(,{_A_PART})*)?$"},
        ),
    ),
    method="GET",
    is_open=True,
)
@_watched
async def ready(request: HttpRequest) -> HttpResponseBase:
    return _health(await ask_all_async(probes_chosen(request.GET.get("parts", ""))))


def _health(parts: dict[str, Part]) -> HttpResponse:
    status = 503 if is_failed(parts) else 200
    return HttpResponse(health_bytes(parts), status=status, content_type="application/json")


@describes(
    "getMetrics",
    "Health",
    "Metrics of this process for Prometheus. Only for the networks of `METRICS_NETWORKS`, and for "
    "a bearer of `METRICS_TOKEN`.",
    returns={200: Answer("Metrics.", text="plandex_streams_open 3.0", media="text/plain")},
    errors=(403,),
    method="GET",
    is_open=True,
)
def metrics(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return method_not_allowed(request, "GET", "HEAD")
    allowed = may_read_metrics(
        address=address_of(request),
        authorization=request.headers.get("Authorization", ""),
        is_forwarded=is_forwarded_unknown(request),
    )
    if not allowed:
        refusal = Forbidden("Metrics are for the networks of METRICS_NETWORKS, or with a token.")
        return error_response(refusal, dialect_of(request.headers))
    response = HttpResponse(metrics_text(), content_type=CONTENT_TYPE_LATEST)
    response["Cache-Control"] = "no-store"
    return response
