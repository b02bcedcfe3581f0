"""A strict reader of plan streams: refuses what would stall or crash the CLI's stream view."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.wire.kinds import ANYTHING, BOOL, INT, TEXT, ListOf, MapOf, Obj, Refused
from tests.wire.ordering import TERMINAL, Ordering

SEPARATOR = b"@@PX@@"
HEARTBEAT = b"heartbeat"

Message = Mapping[str, Any]

_ERROR = Obj({"type": TEXT, "status": INT, "msg": TEXT})
_BUILD_INFO = Obj({"path": TEXT, "numTokens": INT, "finished": BOOL, "removed?": BOOL})
_SHAPES: dict[str, Obj] = {
    "start": Obj({}),
    "connectActive": Obj(
        {
            "initPrompt?": TEXT,
            "initReplies?": ListOf(TEXT),
            "initBuildOnly?": BOOL,
            "missingFilePath?": TEXT,
            "missingFileAutoContext?": BOOL,
        }
    ),
    "reply": Obj({"replyChunk": TEXT}),
    "describing": Obj({}),
    "loadContext": Obj({"loadContextFiles": ListOf(TEXT)}),
    "promptMissingFile": Obj({"missingFilePath": TEXT, "missingFileAutoContext?": BOOL}),
    "buildInfo": Obj({"buildInfo": _BUILD_INFO}),
    "repliesFinished": Obj({}),
    "finished": Obj({}),
    "aborted": Obj({}),
    "error": Obj({"error": _ERROR}),
    "multi": Obj({"streamMessages": ListOf(MapOf(ANYTHING))}),
}
_BUFFERED = frozenset({"reply", "buildInfo", "describing", "repliesFinished"})


@dataclass(frozen=True, slots=True)
class Stream:
    """What a client saw. `frames` are top-level messages; `messages` has each `multi` opened."""

    frames: list[Message]
    messages: list[Message]
    heartbeats: int

    @property
    def types(self) -> list[str]:
        return [message["type"] for message in self.messages]

    @property
    def reply(self) -> str:
        return "".join(self.all("replyChunk"))

    @property
    def terminal(self) -> Message | None:
        last = self.messages[-1] if self.messages else None
        return last if last and last["type"] in TERMINAL else None

    def all(self, key: str) -> list[Any]:
        """The values of a key, over all messages that have it."""
        return [message[key] for message in self.messages if key in message]


def read_stream(chunks: Iterable[bytes], *, complete: bool = True) -> Stream:
    """Reads the body of a tell, build or connect.

    With `complete=False` the client went away early, so that the stream may end anywhere between
    two frames.
    """
    payloads = _payloads(b"".join(chunks))
    frames: list[Message] = []
    messages: list[Message] = []
    ordering = Ordering()
    for payload in payloads:
        if payload == HEARTBEAT:
            continue
        frame = _decoded(payload)
        frames.append(frame)
        for message in _opened(frame):
            ordering.take(message)
            messages.append(message)
    if complete:
        ordering.end()
    heartbeats = sum(payload == HEARTBEAT for payload in payloads)
    return Stream(frames=frames, messages=messages, heartbeats=heartbeats)


def _payloads(body: bytes) -> list[bytes]:
    *payloads, rest = body.split(SEPARATOR)
    if rest:
        raise Refused(f"the stream ends within a frame: {rest[:200]!r}")
    return payloads


def _decoded(payload: bytes) -> Message:
    try:
        frame = json.loads(payload)
    except ValueError:
        raise Refused(f"the view hangs on a frame that is not JSON: {payload[:200]!r}") from None
    _check(frame)
    return frame  # type: ignore[no-any-return] # `_check` made sure that it is an object


def _check(message: Any) -> None:
    kind = message.get("type") if isinstance(message, dict) else None
    if kind not in _SHAPES:
        raise Refused(f"not a stream message: {message!r}")
    _SHAPES[kind].check(message, kind)


def _opened(frame: Message) -> list[Message]:
    if frame["type"] != "multi":
        return [frame]
    inner: list[Message] = frame["streamMessages"]
    if len(inner) < 2:
        raise Refused(f"a multi of {len(inner)} messages")
    for message in inner:
        _check(message)
        if message["type"] not in _BUFFERED:
            raise Refused(f"{message['type']} must be a frame of its own, not in a multi")
    return inner
