"""Makes rows of model calls as runs leave them."""

from datetime import datetime
from decimal import Decimal

from execution.models import CallResult, ModelCall
from execution.services.call_records import calls_add
from plandex_server.db import now
from plans.models import Plan


def call_make(
    plan: Plan,
    *,
    user_id: str = "",
    cost: str | None = "0.01",
    at: datetime | None = None,
    model: str = "anthropic/claude-sonnet-4",
    role: str = "planner",
    purpose: str = "Response",
    session_id: str = "",
    saving: str = "0",
    result: str = CallResult.FINISHED,
) -> ModelCall:
    """A call that has ended, with its day's sums; `cost` None: no price was known."""
    call = ModelCall(
        org_id=plan.org_id,
        user_id=user_id or plan.owner_id,
        plan_id=plan.id,
        session_id=session_id,
        role=role,
        purpose=purpose,
        pack="daily-driver",
        model_id=model,
        model_name=model,
        provider="openrouter",
        input_tokens=1000,
        output_tokens=50,
        input_price=Decimal(3) if cost else None,
        output_price=Decimal(15) if cost else None,
        cost=None if cost is None else Decimal(cost),
        cache_saving=Decimal(saving),
        result=result,
        started_at=at or now(),
    )
    calls_add([call])
    return call
