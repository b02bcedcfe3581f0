"""The streams: tell, build and connect. They follow a run's log and never call a model. And stop,
which waits as they do.

A viewer that leaves does not stop the run. After the first byte an error is an event of the
stream, not a status.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from execution import launch
from execution.errors import NoActiveRun, TooManyRuns
from execution.event_stream import (
    LAST_EVENT_ID,
    RUN_HEADER,
    events_response,
    last_event_id,
    wants_events,
)
from execution.logic.requests import BuildPlanRequest, TellPlanRequest
from execution.logic.stream_messages import StreamMessage
from execution.models import Run
from execution.selectors import run_active, run_is_told, run_of_branch
from execution.services.requests import Requested, build_request_run, tell_request_run
from execution.services.runs import run_stop_request
from execution.stream_frames import CLI_MEDIA_TYPE, show_from_beginning, show_joined
from orgs.authentication import authenticate
from plandex_server.api import body as bodies
from plandex_server.api.describe import Answer, Parameter, describes
from plandex_server.api.dialect import dialect_of
from plandex_server.api.exceptions import as_api_error, error_response, method_not_allowed
from plandex_server.streams import FramesResponse
from plandex_server.threads import in_thread
from plans.selectors import branch_get, branch_get_to_update

STOP_WAIT_S = 1.5
"""The CLI gives up after 2 s; mostly the run has ended before, so that a new tell is accepted."""
LOOK_FOR_ROOM_S = 0.5
SMALL_BODY = 256 * 1024
"""A larger body is read and decoded on a thread: it would stop the event loop for milliseconds."""

_IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "A repeat within 24 hours gets the same run and its stream from the first message on.",
    {"type": "string"},
    where="header",
)

_LAST_EVENT_ID = Parameter(
    LAST_EVENT_ID,
    "With `text/event-stream`: the `id` of the last event that the client has.",
    {"type": "string"},
    where="header",
)
_RUN = Parameter(
    "run",
    f"With `text/event-stream`: the run that is meant, as `{RUN_HEADER}` named it. Without it the "
    "active run, or the newest one with `Last-Event-ID`.",
    {"type": "string"},
)

View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


def streaming_view(method: str) -> Callable[[View], View]:
    """A coroutine view that answers errors in the caller's dialect."""

    def decorate(view: View) -> View:
        @wraps(view)
        async def guarded(request: HttpRequest, **path: str) -> HttpResponseBase:
            if request.method != method:
                return method_not_allowed(request, method)
            try:
                return await view(request, **path)
            except Exception as error:
                return error_response(as_api_error(error), dialect_of(request.headers))

        return guarded

    return decorate


@describes(
    "tellPlan",
    "Execution",
    "Send a prompt to the plan and stream the run that it starts. Without `connectStream` the "
    "answer is empty and the run goes on by itself.",
    body=TellPlanRequest,
    returns={200: Answer("Streaming response.", stream=StreamMessage)},
    errors=(403, 409, 422, 429),
    parameters=(_IDEMPOTENCY_KEY,),
    method="POST",
)
@streaming_view("POST")
async def tell(request: HttpRequest, plan_id: str, branch: str) -> HttpResponseBase:
    asked = await _parsed(request, TellPlanRequest)
    requested = _requested(request, plan_id, branch)
    run = await _begun(lambda: tell_request_run(requested, asked, launch.owner()))
    return _answered(request, run, asked.connect_stream)


@describes(
    "buildPlan",
    "Execution",
    "Build what the conversation asks for and is not built yet, and stream it. Without "
    "`connectStream` the answer is empty.",
    body=BuildPlanRequest,
    returns={200: Answer("Streaming response.", stream=StreamMessage)},
    errors=(403, 409, 422, 429),
    parameters=(_IDEMPOTENCY_KEY,),
    method="PATCH",
)
@streaming_view("PATCH")
async def build(request: HttpRequest, plan_id: str, branch: str) -> HttpResponseBase:
    asked = await _parsed(request, BuildPlanRequest)
    requested = _requested(request, plan_id, branch)
    run = await _begun(lambda: build_request_run(requested, asked, launch.owner()))
    return _answered(request, run, asked.connect_stream)


@describes(
    "connectPlan",
    "Execution",
    "Connect (or reconnect) to the live stream of an in-progress plan run: what happened so far in "
    "one message, then all that follows. As `text/event-stream` all events from the first one on, "
    "or those after `Last-Event-ID`, also of a run that has ended meanwhile.",
    returns={200: Answer("Streaming response.", stream=StreamMessage)},
    errors=(403,),
    parameters=(_LAST_EVENT_ID, _RUN),
    method="PATCH",
)
@streaming_view("PATCH")
async def connect(request: HttpRequest, plan_id: str, branch: str) -> HttpResponseBase:
    if wants_events(request.headers):
        return await _connected_to_events(request, plan_id, branch)

    def active() -> Run:
        auth = authenticate(request.headers)
        return run_active(branch_get(auth=auth, plan_id=plan_id, name=branch))

    run = await in_thread(active)
    show = partial(show_joined, run, dialect_of(request.headers))
    return FramesResponse(show, content_type=CLI_MEDIA_TYPE)


async def _connected_to_events(request: HttpRequest, plan_id: str, branch: str) -> HttpResponseBase:
    """A client that names what it has gets the rest, whether or not the run goes on; nothing is
    left of a run whose end the client has."""
    after, run_id = last_event_id(request.headers), request.GET.get("run", "")

    def find() -> Run:
        auth = authenticate(request.headers)
        found = branch_get(auth=auth, plan_id=plan_id, name=branch)
        if after is None and not run_id:
            return run_active(found)
        run = run_of_branch(found, run_id)
        if run_is_told(run, after or 0):
            raise NoActiveRun
        return run

    run = await in_thread(find)
    return events_response(run, after=after or 0)


@describes(
    "stopPlan",
    "Execution",
    "Stop an in-progress plan run.",
    returns={204: "Plan stopped."},
    errors=(403,),
    method="DELETE",
)
@streaming_view("DELETE")
async def stop(request: HttpRequest, plan_id: str, branch: str) -> HttpResponseBase:
    """A coroutine, because waiting for the run's end in a thread would keep the threads from the
    runs that want to end."""

    def ask() -> Run:
        auth = authenticate(request.headers)
        run = run_active(branch_get_to_update(auth=auth, plan_id=plan_id, name=branch))
        run_stop_request(run)
        return run

    run = await in_thread(ask)
    await launch.stop(run.id)
    await launch.ended(run.id, STOP_WAIT_S)
    return HttpResponse(b"", status=204, content_type="text/plain; charset=utf-8")


_beginning: set[asyncio.Task[Run]] = set()


async def _begun(create: Callable[[], Run]) -> Run:
    """A run that was created and started, whether or not its client waits for it: one that was
    created only would keep its branch for ever."""

    async def begin() -> Run:
        run = await _in_its_turn(create)
        await launch.start(run)
        return run

    task = asyncio.get_running_loop().create_task(begin())
    _beginning.add(task)
    task.add_done_callback(_beginning.discard)
    return await asyncio.shield(task)


async def _in_its_turn(create: Callable[[], Run]) -> Run:
    """Waits a while for a place among the user's runs, if there is none."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + settings.USER_RUNS_WAIT_S
    while True:
        try:
            return await in_thread(create)
        except TooManyRuns:
            if loop.time() + LOOK_FOR_ROOM_S > deadline:
                raise
        await asyncio.sleep(LOOK_FOR_ROOM_S)


def _requested(request: HttpRequest, plan_id: str, branch: str) -> Requested:
    return Requested(
        headers=request.headers,
        plan_id=plan_id,
        branch=branch,
        idempotency_key=request.headers.get("Idempotency-Key", ""),
    )


async def _parsed(request: HttpRequest, kind: type[bodies.T]) -> bodies.T:
    length = request.META.get("CONTENT_LENGTH", "")
    if length.isdecimal() and int(length) <= SMALL_BODY:
        return bodies.parse(request.body, kind)
    return await in_thread(lambda: bodies.parse(request.body, kind))


def _answered(request: HttpRequest, run: Run, connect_stream: bool) -> HttpResponseBase:
    if not connect_stream:
        return HttpResponse(b"", content_type="text/plain; charset=utf-8")
    if wants_events(request.headers):
        return events_response(run)
    show = partial(show_from_beginning, run, dialect_of(request.headers))
    return FramesResponse(show, content_type=CLI_MEDIA_TYPE)
