"""The conversation, sub-tasks and model settings in a plan's history.

Readers take a `Revision` (`revision_head`, `revision_at`); writers take the `Draft` of a
`branch_write`, as part of its one commit.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from plandex_server import typed
from plandex_server.db import now
from plans.logic import convo as logic
from plans.logic.convo import ConvoEnd, ConvoMessage, Subtask
from plans.logic.versions import Kind
from plans.services.versions import Draft, Revision

SETTINGS = "settings"
SUBTASKS = "subtasks"
_CONVO_END = "convo_end"


def convo_read(revision: Revision) -> list[ConvoMessage]:
    """All messages, oldest first."""
    blobs = revision.read_all(Kind.CONVO).values()
    return logic.in_order(logic.decode_message(data) for data in blobs)


def convo_add(draft: Draft, message: ConvoMessage) -> ConvoMessage:
    """Appends a message and counts its tokens. The result has its `num` and `created_at`.

    Times grow strictly along a branch, whatever the clock does.
    """
    stored = logic.placed(message, _end(draft), now())
    _put(draft, stored)
    end = ConvoEnd(num=stored.num, created_at=stored.created_at)
    draft.put(Kind.STATE, _CONVO_END, logic.encode_end(end))
    draft.convo_tokens += stored.tokens
    return stored


def convo_import(draft: Draft, messages: Sequence[ConvoMessage]) -> None:
    """Puts messages that keep the number and time they have; their tokens are not counted."""
    for message in messages:
        _put(draft, message)


def subtasks_read(revision: Revision) -> list[Subtask]:
    data = revision.read(Kind.STATE, SUBTASKS)
    return logic.decode_subtasks(data) if data else []


def subtasks_write(draft: Draft, subtasks: Sequence[Subtask]) -> None:
    draft.put(Kind.STATE, SUBTASKS, logic.encode_subtasks(subtasks))


def settings_read(revision: Revision) -> dict[str, Any] | None:
    """The settings that the branch stored (`models_config.logic.settings.stored_from_json`); None
    while it follows the org's defaults."""
    data = revision.read(Kind.STATE, SETTINGS)
    return typed.decode(data, dict[str, Any]) if data else None


def settings_write(draft: Draft, stored: dict[str, Any]) -> None:
    draft.put(Kind.STATE, SETTINGS, msgspec.json.encode(stored))


def _put(draft: Draft, message: ConvoMessage) -> None:
    draft.put(Kind.CONVO, message.id, logic.encode_message(message))


def _end(draft: Draft) -> ConvoEnd:
    data = draft.read(Kind.STATE, _CONVO_END)
    if data:
        return logic.decode_end(data)
    messages = convo_read(draft)  # an imported conversation has no end yet
    if not messages:
        return ConvoEnd()
    last = messages[-1]
    return ConvoEnd(num=max(len(messages), last.num), created_at=last.created_at)
