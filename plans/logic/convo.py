"""The messages of a conversation and the sub-tasks they speak of, as a plan's history keeps them.

The keys are those of a Go server's files, so that an import stores them as they are; keys that are
not known here are dropped.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import msgspec


class Role(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"


class _Stored(msgspec.Struct, frozen=True, rename="camel"):
    """Immutable, with the keys of the CLI's JSON."""


class CurrentStage(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """Where a reply stood: `planning` or `implementation`, `context` or `tasks`, or empty."""

    tell_stage: str = ""
    planning_phase: str = ""


class ConvoFlags(_Stored, frozen=True, kw_only=True):
    did_make_plan: bool = False
    did_remove_tasks: bool = False
    did_make_debugging_plan: bool = False
    did_load_context: bool = False
    current_stage: CurrentStage = msgspec.field(name="CurrentStage", default=CurrentStage())
    is_chat: bool = False
    did_write_code: bool = False
    did_complete_task: bool = False
    did_complete_plan: bool = False
    has_unfinished_subtasks: bool = False
    is_apply_debug: bool = False
    is_user_debug: bool = False
    has_error: bool = False


class Subtask(_Stored, frozen=True, kw_only=True):
    title: str
    description: str = ""
    uses_files: list[str] | None = None
    is_finished: bool = False
    num_tries: int = 0


class ConvoMessage(_Stored, frozen=True, kw_only=True):
    """One message. `num` and `created_at` are given by `convo_add`, in the order of adding."""

    id: str
    role: Role
    message: str
    user_id: str = ""
    tokens: int = 0
    num: int = 0
    stopped: bool = False
    flags: ConvoFlags = ConvoFlags()
    subtask: Subtask | None = None
    added_subtasks: list[Subtask] | None = None
    removed_subtasks: list[str] | None = None
    activate_paths: dict[str, bool] | None = None
    activate_paths_ordered: list[str] | None = None
    created_at: datetime = datetime.min.replace(tzinfo=UTC)


class ConvoEnd(_Stored, frozen=True, kw_only=True):
    """The place of the last message, kept beside the conversation so that adding reads no other."""

    num: int = 0
    created_at: datetime = datetime.min.replace(tzinfo=UTC)


_encode = msgspec.json.Encoder().encode
_message = msgspec.json.Decoder(ConvoMessage)
_subtasks = msgspec.json.Decoder(list[Subtask] | None)
_end = msgspec.json.Decoder(ConvoEnd)


def encode_message(message: ConvoMessage) -> bytes:
    return _encode(message)


def decode_message(data: bytes) -> ConvoMessage:
    return _message.decode(data)


def encode_subtasks(subtasks: Sequence[Subtask]) -> bytes:
    return _encode(list(subtasks))


def decode_subtasks(data: bytes) -> list[Subtask]:
    return _subtasks.decode(data) or []


def encode_end(end: ConvoEnd) -> bytes:
    return _encode(end)


def decode_end(data: bytes) -> ConvoEnd:
    return _end.decode(data)


def in_order(messages: Iterable[ConvoMessage]) -> list[ConvoMessage]:
    """Oldest first."""
    return sorted(messages, key=lambda message: (message.created_at, message.num, message.id))


def placed(message: ConvoMessage, end: ConvoEnd, now: datetime) -> ConvoMessage:
    """The message as the next one after `end`: its number, and a time after the last one's."""
    moment = max(now, end.created_at + timedelta(microseconds=1))
    return msgspec.structs.replace(message, num=end.num + 1, created_at=moment)
