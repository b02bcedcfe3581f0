"""What happens in a run, as its numbered event log keeps it.

Frozen msgspec structs rather than dataclasses: a run writes one per model chunk, and they are
read back from storage by their `kind` without code of our own.
"""

from enum import StrEnum

import msgspec


class ErrorType(StrEnum):
    """The error types a stream may carry; the CLI reads the others with fields we never send."""

    OTHER = "other"
    CONTINUE_NO_MESSAGES = "continue_no_messages"


class _Event(msgspec.Struct, frozen=True, tag_field="kind", omit_defaults=True):
    pass


class Reply(_Event, frozen=True, tag="reply"):
    """Rewritten model text for the viewers."""

    text: str


class Describing(_Event, frozen=True, tag="describing"):
    """The text of a reply is complete."""


class LoadContext(_Event, frozen=True, tag="load_context"):
    """A client is asked to load these project files."""

    files: tuple[str, ...]


class PromptMissingFile(_Event, frozen=True, tag="prompt_missing_file"):
    """A client is asked what to do about a file the model has not seen."""

    path: str
    auto_context: bool = False


class BuildInfo(_Event, frozen=True, tag="build_info"):
    """The build of a file began, ended, or ended with its removal."""

    path: str
    finished: bool = False
    removed: bool = False


class RepliesFinished(_Event, frozen=True, tag="replies_finished"):
    """The last reply is done, builds still run."""


class Finished(_Event, frozen=True, tag="finished"):
    pass


class Aborted(_Event, frozen=True, tag="aborted"):
    pass


class Error(_Event, frozen=True, tag="error"):
    msg: str
    status: int = 500
    type: ErrorType = ErrorType.OTHER


Event = (
    Reply
    | Describing
    | LoadContext
    | PromptMissingFile
    | BuildInfo
    | RepliesFinished
    | Finished
    | Aborted
    | Error
)
TERMINAL_EVENTS = (Finished, Aborted, Error)

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def kind_of(event: Event) -> str:
    """The name an event is stored under."""
    return str(event.__struct_config__.tag)


def is_terminal(event: Event) -> bool:
    """Whether a run's log ends with this event."""
    return isinstance(event, TERMINAL_EVENTS)


def event_to_json(event: Event) -> bytes:
    return _encoder.encode(event)


def event_from_json(data: bytes | str) -> Event:
    """The stored event; raises `msgspec.ValidationError` for anything else."""
    return _decoder.decode(data)
