"""Reserving at once: budgets hold also when many calls begin together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from accounts.models import User
from execution.errors import BudgetReached
from execution.models import CallResult, ModelCall, UsageDay
from execution.services.call_records import calls_close, calls_kill
from execution.services.spending import call_begin, spending_check
from orgs.logic.budgets import Period, period_start
from orgs.services.budgets import budget_set
from plandex_server.db import now
from plans.models import Plan
from tests.execution.usage_rows import call_make
from tests.factories import world_make
from tests.plans.factories import plan_make, user_of


def begun(plan: Plan, *, reserved: str, user_id: str = "") -> ModelCall:
    """A call that wants to begin."""
    return ModelCall(
        org_id=plan.org_id,
        user_id=user_id or plan.owner_id,
        plan_id=plan.id,
        role="planner",
        purpose="Response",
        pack="p",
        model_id="m",
        model_name="m",
        provider="custom|x",
        input_tokens=1000,
        input_price=Decimal(100),
        output_price=Decimal(100),
        reserved=Decimal(reserved),
        result=CallResult.RUNNING,
        started_at=now(),
    )


@pytest.fixture
def plan(db: None) -> Plan:
    world = world_make()
    return plan_make(project=world.project, owner=user_of(world.owner))


@pytest.mark.django_db(transaction=True)
def test_calls_that_begin_at_once_share_what_is_left() -> None:
    world = world_make()
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    budget_set(org=world.org, period=Period.MONTH, hard_limit=Decimal("0.50"))

    def begin(_: int) -> bool:
        try:
            call_begin(begun(plan, reserved="0.09"), ended=[], must_fit=True)
            return True
        except BudgetReached:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        admitted = list(pool.map(begin, range(16)))
    assert admitted.count(True) == 5
    assert ModelCall.objects.filter(result="running").count() == 5


def test_a_call_that_cost_less_gives_the_rest_back(plan: Plan) -> None:
    budget_set(org=plan.org, period=Period.DAY, hard_limit=Decimal("0.10"))
    first = begun(plan, reserved="0.09")
    call_begin(first, ended=[], must_fit=True)
    with pytest.raises(BudgetReached, match=r"has spent \$0.09 of \$0.10 for today, and the next"):
        call_begin(begun(plan, reserved="0.09"), ended=[], must_fit=True)
    first.cost, first.result = Decimal("0.01"), "finished"
    call_begin(begun(plan, reserved="0.08"), ended=[first], must_fit=True)


def test_what_finishes_a_reply_goes_through(plan: Plan) -> None:
    budget_set(org=plan.org, period=Period.TOTAL, hard_limit=Decimal("0.01"))
    call_begin(begun(plan, reserved="0.5"), ended=[], must_fit=False)
    with pytest.raises(BudgetReached):
        spending_check(org_id=plan.org_id, user_id=plan.owner_id, plan_id=plan.id)


def test_budgets_of_others_do_not_count(plan: Plan) -> None:
    world_user = User.objects.get(email="member@example.com")
    budget_set(org=plan.org, user=world_user, period=Period.MONTH, hard_limit=Decimal(0))
    other = plan_make(project=plan.project, owner=world_user)
    budget_set(org=plan.org, plan=other, period=Period.TOTAL, hard_limit=Decimal(0))
    spending_check(org_id=plan.org_id, user_id=plan.owner_id, plan_id=plan.id)
    with pytest.raises(BudgetReached, match="The plan"):
        spending_check(org_id=plan.org_id, user_id=plan.owner_id, plan_id=other.id)
    with pytest.raises(BudgetReached, match="Mo Member"):
        spending_check(org_id=plan.org_id, user_id=world_user.id, plan_id=plan.id)


def test_a_period_that_is_over_does_not_count(plan: Plan) -> None:
    budget_set(org=plan.org, period=Period.DAY, hard_limit=Decimal(1))
    call_make(plan, cost="1", at=now() - timedelta(days=1))
    spending_check(org_id=plan.org_id, user_id=plan.owner_id, plan_id=plan.id)


def test_a_repeated_end_counts_once(plan: Plan) -> None:
    call = begun(plan, reserved="0.5")
    call_begin(call, ended=[], must_fit=True)
    call.cost, call.result = Decimal("0.2"), "finished"
    calls_close([call])
    calls_close([call])
    day = UsageDay.objects.get()
    assert (day.calls, day.cost) == (1, Decimal("0.2"))
    call.refresh_from_db()
    assert (call.result, call.reserved) == ("finished", Decimal(0))


def test_a_killed_call_counts_its_request(plan: Plan) -> None:
    call = begun(plan, reserved="0.5")
    call_begin(call, ended=[], must_fit=True)
    calls_kill(ModelCall.objects.filter(pk=call.pk))
    killed = ModelCall.objects.get()
    assert (killed.result, killed.reported) == ("killed", False)
    assert killed.cost == Decimal("0.1")  # 1,000 tokens at $100 per million


def test_months_begin_on_their_first_day_in_utc() -> None:
    moment = now().replace(month=3, day=31, hour=23)
    start = period_start(Period.MONTH, moment)
    assert start is not None and (start.month, start.day, start.hour) == (3, 1, 0)
    assert period_start(Period.TOTAL, moment) is None
