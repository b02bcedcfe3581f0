"""Summaries of conversations: what is sent in place of old messages, and what a user can read."""

import logging
from collections.abc import Sequence

from context.logic.tokens import count_tokens
from execution.logic.conversation import Summary
from execution.logic.model_errors import ModelError
from execution.logic.prompts.auxiliary import summary_request, with_summary_heading
from execution.services.call_records import calls_close
from execution.services.database_away import steadily
from execution.services.listening import spec_message
from execution.services.tell_state import TellState
from execution.services.turns import Turn, conversation_read
from models_config.logic.catalog import RoleId
from plandex_server.observe.logs import without_text
from plans.logic.convo import ConvoMessage
from plans.services.summaries import summary_add

logger = logging.getLogger(__name__)

LONG = 0.6
"""From this share of the conversation's limit on it is summarised in the middle of a run, so that
a summary is there when the limit is reached."""


SUMMARY_S = 180.0
"""It is written beside the replies, so nobody waits; but it ends."""


def summarize_if_long(state: TellState, turn: Turn) -> None:
    """Starts a summary in the background when the next replies may need one."""
    limit = turn.models.limits.planner_max_convo_tokens
    tokens = sum(message.tokens for message in _unsummarized(turn.messages, turn.summaries))
    if tokens > limit * LONG and not state.is_summarizing:
        _start(state)


def summarize_at_end(state: TellState) -> None:
    """Every run leaves a summary of its plan behind."""
    if not state.is_summarizing:
        _start(state)


def _start(state: TellState) -> None:
    state.is_summarizing = True
    state.session.runtime.in_background(_summarize(state))


async def _summarize(state: TellState) -> None:
    session = state.session
    try:
        await session.runtime.turn()
        messages, summaries = await steadily(conversation_read, session.run.branch_id)
        if not messages:
            return
        request = summary_request(
            previous=summaries[-1] if summaries else None,
            conversation=[spec_message(message) for message in _unsummarized(messages, summaries)],
        )
        text = await state.models.text(
            RoleId.SUMMARIZER,
            request.messages,
            purpose="Conversation summary",
            seconds=SUMMARY_S,
        )
        await steadily(_store, session.run.plan_id, messages, text)
    except ModelError as error:
        logger.warning("run %s: no summary: %s", session.run.id, error.kind)
    except Exception as failure:
        logger.error("run %s: the summary failed", session.run.id, exc_info=without_text(failure))
    finally:
        state.is_summarizing = False
        # The run may have ended, so that nobody else writes it.
        await steadily(calls_close, session.take_calls())


def _unsummarized(
    messages: Sequence[ConvoMessage], summaries: Sequence[Summary]
) -> Sequence[ConvoMessage]:
    newest = summaries[-1].latest_message_id if summaries else ""
    for place, message in enumerate(messages):
        if message.id == newest:
            return messages[place + 1 :]
    return messages


def _store(plan_id: str, messages: Sequence[ConvoMessage], text: str) -> None:
    summary = with_summary_heading(text)
    summary_add(
        plan_id=plan_id,
        latest=messages[-1],
        summary=summary,
        tokens=count_tokens(summary),
        num_messages=len(messages),
    )
