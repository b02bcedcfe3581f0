"""Whether a model call may begin: its cost is reserved in the budgets that concern it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.conf import settings
from django.db import transaction

from execution.errors import BudgetReached
from execution.models import ModelCall
from execution.services.budget_alarms import hard_limit_reached, soft_limit_reached
from execution.services.budget_sums import budgets_read, standings
from execution.services.call_records import calls_close
from orgs.logic.budgets import Period, Standing, dollars
from plandex_server.db import now
from plandex_server.prepared_writes import PreparedInsert

_BEGUN = PreparedInsert(ModelCall, conflict="(id) DO NOTHING")


@dataclass(frozen=True, slots=True)
class Admitted:
    """`notices` are what the user should know before the answer comes, by a key each."""

    notices: dict[str, str]


def call_begin(call: ModelCall, *, ended: Sequence[ModelCall], must_fit: bool) -> Admitted:
    """Writes the calls that ended, and the row of one that is about to begin.

    The budgets are locked while it is decided, so that calls which begin at once see each other.
    Raises `BudgetReached` if the call does not fit, unless it finishes what has begun already.
    """
    calls_close(ended)
    concerned = partial(
        budgets_read, org_id=call.org_id, user_id=str(call.user_id), plan_id=call.plan_id
    )
    if not concerned():
        _BEGUN.one(call)
        return Admitted(_notices(call, ()))
    try:
        with transaction.atomic():
            found = standings(concerned(locked=True), now())
            refused = next((one for one in found if not one.fits(call.reserved)), None)
            if refused is not None and must_fit:
                raise BudgetReached(refused.refusal(call.reserved))
            _BEGUN.one(call)
    except BudgetReached:
        assert refused is not None, "that is why it was raised"
        hard_limit_reached(refused, call.org_id)
        raise
    return Admitted(_notices(call, found))


def spending_check(*, org_id: str, user_id: str, plan_id: str) -> None:
    """Refuses a run that could not even ask its first question."""
    budgets = budgets_read(org_id=org_id, user_id=user_id, plan_id=plan_id)
    for one in standings(budgets, now()):
        if one.period is not Period.REQUEST and one.is_used_up():
            hard_limit_reached(one, org_id)
            raise BudgetReached(one.refusal(Decimal(0)))


def _notices(call: ModelCall, found: Sequence[Standing]) -> dict[str, str]:
    notices = {}
    for one in found:
        if not one.warns(call.reserved):
            continue
        if one.period is Period.REQUEST:
            notices["request"] = _request_notice(call)
        else:
            notices[one.budget_id] = one.warning()
            soft_limit_reached(one, call.org_id)
    rules = any(one.period is Period.REQUEST and one.soft_limit is not None for one in found)
    if not rules and 0 < settings.WARN_REQUEST_DOLLARS <= call.reserved:
        notices["request"] = _request_notice(call)
    return notices


def _request_notice(call: ModelCall) -> str:
    return (
        f"This request sends about {call.input_tokens:,} tokens to {call.model_id}, "
        f"for about {dollars(call.reserved)}"
    )
