"""Summaries of a conversation. They belong to the plan: each serves every branch and revision that
holds the message it ends at."""

from collections.abc import Collection

from plandex_server.prepared import Prepared
from plandex_server.prepared_writes import PreparedInsert
from plans.logic.convo import ConvoMessage
from plans.models import ConvoSummary

_ADDED = PreparedInsert(ConvoSummary)
_OF_PLAN = Prepared(
    lambda slots: ConvoSummary.objects.filter(plan_id=slots.plan_id).order_by("created_at", "pk")
)


def summary_add(
    *, plan_id: str, latest: ConvoMessage, summary: str, tokens: int, num_messages: int
) -> ConvoSummary:
    """`latest`: the last message that the summary covers."""
    row = ConvoSummary(
        plan_id=plan_id,
        latest_message_id=latest.id,
        latest_message_created_at=latest.created_at,
        summary=summary,
        tokens=tokens,
        num_messages=num_messages,
    )
    _ADDED.one(row)
    return row


def summaries_for(*, plan_id: str, message_ids: Collection[str]) -> list[ConvoSummary]:
    """The summaries that end at one of the messages, oldest first."""
    wanted = set(message_ids)
    return [one for one in _OF_PLAN.all(plan_id=plan_id) if one.latest_message_id in wanted]


def summary_latest(*, plan_id: str, message_ids: Collection[str]) -> ConvoSummary | None:
    """The newest of `summaries_for`."""
    found = summaries_for(plan_id=plan_id, message_ids=message_ids)
    return found[-1] if found else None
