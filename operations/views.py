"""Addresses for machines that watch the server. None needs a sign-in, none tells a secret."""

from collections.abc import Callable, Coroutine
from functools import wraps

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from prometheus_client import CONTENT_TYPE_LATEST

from operations.access import may_read_metrics
from operations.exposition import metrics_text
from operations.parts import probes
from operations.probes import Part, Probe, State, ask_all_async, worst
from plandex_server import VERSION
from plandex_server.api.describe import Answer, Parameter, describes
from plandex_server.api.dialect import dialect_of
from plandex_server.api.exceptions import error_response, method_not_allowed
from plandex_server.api.network import address_of, is_forwarded_unknown
from plandex_server.errors import ApiError, BadRequest, Forbidden

AsyncView = Callable[[HttpRequest], Coroutine[None, None, HttpResponseBase]]

encode = msgspec.json.Encoder().encode


class PartJson(msgspec.Struct, omit_defaults=True):
    status: State
    detail: str = ""
    ms: float | None = None


class HealthJson(msgspec.Struct):
    """The whole's state is the worst of its parts'."""

    status: State
    version: str
    parts: dict[str, PartJson]


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
    return health_response({})


@describes(
    "getReady",
    "Health",
    "Whether the parts of the installation work: database, Redis, queue, workers, disk.",
    returns={
        200: Answer("All parts work, maybe one less well (`degraded`).", HealthJson),
        503: Answer("A part has failed.", HealthJson),
    },
    parameters=(Parameter("parts", "Only these, with commas between them.", {"type": "string"}),),
    method="GET",
    is_open=True,
)
@_watched
async def ready(request: HttpRequest) -> HttpResponseBase:
    return health_response(await ask_all_async(chosen_probes(request.GET.get("parts", ""))))


def chosen_probes(names: str) -> dict[str, Probe]:
    """The probes of these parts, or of all; raises `BadRequest` for an unknown name."""
    known = probes()
    wanted = [name.strip() for name in names.split(",") if name.strip()] or list(known)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise BadRequest(f"There is no such part; the parts are: {', '.join(known)}.")
    return {name: known[name] for name in wanted}


def health_response(parts: dict[str, Part]) -> HttpResponse:
    report = health_report(parts)
    status = 503 if report.status is State.FAILED else 200
    return HttpResponse(encode(report), status=status, content_type="application/json")


def health_report(parts: dict[str, Part]) -> HealthJson:
    return HealthJson(
        status=worst(parts.values()),
        version=VERSION,
        parts={name: PartJson(part.state, part.detail, part.ms) for name, part in parts.items()},
    )


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
