"""The wire form of a run's stream: JSON messages, and the frames the CLI reads.

A frame is a payload and a separator. The CLI cuts at the separator wherever it stands, so it
must never occur inside a payload.
"""

from collections.abc import Sequence
from typing import assert_never

import msgspec

from execution.logic.events import (
    Aborted,
    BuildInfo,
    Describing,
    Error,
    Event,
    Finished,
    LoadContext,
    PromptMissingFile,
    RepliesFinished,
    Reply,
)

SEPARATOR = b"@@PX@@"
HEARTBEAT = "heartbeat"
HEARTBEAT_FRAME = HEARTBEAT.encode() + SEPARATOR

_ESCAPED_SEPARATOR = rb"\u0040\u0040PX\u0040\u0040"
_BATCHED_TYPES = frozenset({"reply", "buildInfo", "describing", "repliesFinished"})
_TYPES = _BATCHED_TYPES | {
    "start",
    "connectActive",
    "loadContext",
    "promptMissingFile",
    "finished",
    "aborted",
    "error",
    "multi",
}


class FrameError(ValueError):
    """Bytes that are no stream of frames."""


class _Wire(
    msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, forbid_unknown_fields=True
):
    pass


class BuildInfoMessage(_Wire, frozen=True):
    path: str
    finished: bool
    num_tokens: int
    removed: bool = False


class ErrorMessage(_Wire, frozen=True):
    type: str
    status: int
    msg: str


class StreamMessage(_Wire, frozen=True, kw_only=True):
    """One message of a stream; fields that do not belong to its type stay out of the JSON."""

    type: str
    reply_chunk: str = ""
    build_info: BuildInfoMessage | None = None
    error: ErrorMessage | None = None
    missing_file_path: str = ""
    missing_file_auto_context: bool = False
    load_context_files: tuple[str, ...] = ()
    init_prompt: str = ""
    init_replies: tuple[str, ...] = ()
    init_build_only: bool = False
    stream_messages: tuple["StreamMessage", ...] = ()


START = StreamMessage(type="start")
_DESCRIBING = StreamMessage(type="describing")
_REPLIES_FINISHED = StreamMessage(type="repliesFinished")
_FINISHED = StreamMessage(type="finished")
_ABORTED = StreamMessage(type="aborted")

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(StreamMessage)


def connect_active(
    *,
    prompt: str = "",
    replies: Sequence[str] = (),
    build_only: bool = False,
    missing_file_path: str = "",
    missing_file_auto_context: bool = False,
) -> StreamMessage:
    """What a client that joins a run gets to see first. A build-only run has no prompt."""
    return StreamMessage(
        type="connectActive",
        init_prompt="" if build_only else prompt,
        init_replies=tuple(replies),
        init_build_only=build_only,
        missing_file_path=missing_file_path,
        missing_file_auto_context=missing_file_auto_context,
    )


def multi(messages: Sequence[StreamMessage]) -> StreamMessage:
    """Several messages in one; only types that the CLI's reader need not see by themselves."""
    assert all(message.type in _BATCHED_TYPES for message in messages), "not to be batched"
    return StreamMessage(type="multi", stream_messages=tuple(messages))


def message_of(event: Event) -> StreamMessage:
    """The message that tells a client of an event."""
    match event:
        case Reply(text):
            return StreamMessage(type="reply", reply_chunk=text)
        case BuildInfo(path, finished, removed):
            info = BuildInfoMessage(path=path, finished=finished, num_tokens=0, removed=removed)
            return StreamMessage(type="buildInfo", build_info=info)
        case Describing():
            return _DESCRIBING
        case RepliesFinished():
            return _REPLIES_FINISHED
        case LoadContext(files):
            return StreamMessage(type="loadContext", load_context_files=files)
        case PromptMissingFile(path, auto_context):
            return StreamMessage(
                type="promptMissingFile",
                missing_file_path=path,
                missing_file_auto_context=auto_context,
            )
        case Error():
            error = ErrorMessage(type=event.type, status=event.status, msg=event.msg)
            return StreamMessage(type="error", error=error)
        case Finished():
            return _FINISHED
        case Aborted():
            return _ABORTED
        case _:
            assert_never(event)


def encode_message(message: StreamMessage) -> bytes:
    """A message as one line of JSON."""
    return _encoder.encode(message)


def encode_frame(message: StreamMessage) -> bytes:
    """A message as the CLI reads it."""
    payload = _encoder.encode(message)
    if SEPARATOR in payload:
        payload = payload.replace(SEPARATOR, _ESCAPED_SEPARATOR)
    return payload + SEPARATOR


def reply_frame(text: str) -> bytes:
    """The frame of reply text: what `encode_frame` makes of its message, for the many."""
    if not text:
        return encode_frame(StreamMessage(type="reply"))
    payload = b'{"type":"reply","replyChunk":%b}' % _encoder.encode(text)
    if SEPARATOR in payload:
        payload = payload.replace(SEPARATOR, _ESCAPED_SEPARATOR)
    return payload + SEPARATOR


def decode_frames(data: bytes) -> list[StreamMessage | str]:
    """The messages (or `HEARTBEAT`) of a whole stream; raises `FrameError` for any deviation."""
    *payloads, rest = data.split(SEPARATOR)
    if rest:
        raise FrameError("The stream ends inside a frame.")
    return [_decode_payload(payload) for payload in payloads]


def _decode_payload(payload: bytes) -> StreamMessage | str:
    if payload == HEARTBEAT.encode():
        return HEARTBEAT
    try:
        message = _decoder.decode(payload)
    except msgspec.MsgspecError as error:
        raise FrameError(f"A frame is no stream message: {error}") from error
    _check(message)
    return message


def _check(message: StreamMessage) -> None:
    if message.type not in _TYPES:
        raise FrameError(f"Unknown message type {message.type!r}.")
    if (message.type == "multi") != bool(message.stream_messages):
        raise FrameError("A multi message holds messages, and no other does.")
    if any(part.type not in _BATCHED_TYPES for part in message.stream_messages):
        raise FrameError("A multi message holds a message that must stand alone.")
    for kind, body in (("buildInfo", message.build_info), ("error", message.error)):
        if (message.type == kind) != (body is not None):
            raise FrameError(f"Only {kind} messages have a body of that kind, and all do.")
    for part in message.stream_messages:
        _check(part)
