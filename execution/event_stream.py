"""`text/event-stream`: a run's events for clients that ask for it with `Accept`.

Every event has its number as `id`. A client that lost its connection names the last one it has as
`Last-Event-ID`, and goes on after it: nothing is lost or comes twice.
"""

from collections.abc import Mapping
from contextlib import aclosing
from functools import partial

from django.http.response import HttpResponseBase

from execution import launch
from execution.logic.stream_messages import START, StreamMessage, encode_message, message_of
from execution.models import Run
from execution.numbered import numbered_events
from plandex_server.errors import BadRequest
from plandex_server.streams import FramesResponse, Write

MEDIA_TYPE = "text/event-stream"
RUN_HEADER = "X-Run-Id"
LAST_EVENT_ID = "Last-Event-ID"
SIGN_EVERY_S = 5.0
_SIGN = b": still here\n\n"


def wants_events(headers: Mapping[str, str]) -> bool:
    return MEDIA_TYPE in headers.get("Accept", "")


def last_event_id(headers: Mapping[str, str]) -> int | None:
    """The number of the last event that the client has; None for one that has none."""
    value = headers.get(LAST_EVENT_ID, "").strip()
    if not value:
        return None
    return event_number(value, LAST_EVENT_ID)


def event_number(value: str, name: str) -> int:
    """Raises `BadRequest` for what is no number of an event."""
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise BadRequest(f"{name} must be the number of an event")
    return int(value)


def events_response(run: Run, *, after: int = 0) -> HttpResponseBase:
    """The run's events after this number."""
    response = FramesResponse(partial(_show_events, run, after), content_type=MEDIA_TYPE)
    response[RUN_HEADER] = run.id
    return response


async def _show_events(run: Run, after: int, write: Write) -> None:
    follower = await launch.logs().follow(run.id, after=after)
    try:
        write(frame(START))
        async with aclosing(numbered_events(follower, sign_every=SIGN_EVERY_S)) as batches:
            async for batch in batches:
                frames = [frame(message_of(one.event), one.number) for one in batch]
                write(b"".join(frames) or _SIGN)
    finally:
        follower.close()


def frame(message: StreamMessage, number: int | None = None) -> bytes:
    """JSON has no raw line ends, so a message is one `data` line."""
    head = b"" if number is None else f"id: {number}\n".encode()
    return head + b"data: " + encode_message(message) + b"\n\n"
