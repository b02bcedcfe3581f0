"""What `plandex usage` is told, who sees whose usage, and the tables."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from execution.models import ModelCall, UsageDay
from orgs.logic.budgets import Period
from orgs.models import AuditEvent
from orgs.services.budgets import budget_set
from plandex_server.db import now
from plans.models import Plan
from tests.execution.usage_rows import call_make
from tests.factories import World
from tests.plans.factories import plan_make, user_of

D = Decimal
SUMMARY, LOG = "/billing/credits_summary", "/billing/credits_transactions"
SUMMARY_QUERIES = 4
"""The caller, budgets, sums, and the names of plans."""
LOG_QUERIES = 4
"""The caller, budgets, the count, and the page with its people and plans."""
USAGE_QUERIES = 2
"""The caller, and the sums."""


@pytest.fixture
def plan(world: World) -> Plan:
    return plan_make(project=world.project, owner=user_of(world.member), name="mine")


def dollars(text: str) -> Decimal:
    return Decimal(text)


def test_it_works(world: World, plan: Plan) -> None:
    call_make(plan, cost="0.25", saving="0.1")
    call_make(plan, cost="0.5", model="openai/o3", purpose="File edit")
    found = world.member.post(SUMMARY, {"month": True}).json
    assert dollars(found["totalSpend"]) == Decimal("0.75")
    assert {name: dollars(spent) for name, spent in found["byModelName"].items()} == {
        "anthropic/claude-sonnet-4": Decimal("0.25"),
        "openai/o3": Decimal("0.5"),
    }
    assert {name: dollars(spent) for name, spent in found["byPurpose"].items()} == {
        "Response": Decimal("0.25"),
        "File edit": Decimal("0.5"),
    }
    assert dollars(found["byPlanId"][plan.id]) == Decimal("0.75")
    assert found["planNamesById"] == {plan.id: "mine"}
    assert dollars(found["cacheSavings"]) == Decimal("0.1")


def test_today_begins_when_the_cli_says(world: World, plan: Plan) -> None:
    call_make(plan, cost="1", at=now() - timedelta(hours=3))
    call_make(plan, cost="2", at=now() - timedelta(minutes=1))
    since = (now() - timedelta(hours=1)).isoformat()
    found = world.member.post(SUMMARY, {"dayStart": since}).json
    assert dollars(found["totalSpend"]) == 2


def test_a_session_is_a_filter(world: World, plan: Plan) -> None:
    call_make(plan, cost="1", session_id="one")
    call_make(plan, cost="2", session_id="two")
    assert dollars(world.member.post(SUMMARY, {"sessionId": "two"}).json["totalSpend"]) == 2


def test_last_month_does_not_count(world: World, plan: Plan) -> None:
    first = now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    call_make(plan, cost="1", at=first - timedelta(seconds=1))
    call_make(plan, cost="2", at=first)
    assert dollars(world.member.post(SUMMARY, {"month": True}).json["totalSpend"]) == 2


def test_members_see_their_own_and_billing_people_all(world: World, plan: Plan) -> None:
    other = plan_make(project=world.project, owner=user_of(world.owner))
    call_make(plan, cost="1")
    call_make(other, cost="2")
    assert dollars(world.member.post(SUMMARY, {"month": True}).json["totalSpend"]) == 1
    assert dollars(world.admin.post(SUMMARY, {"month": True}).json["totalSpend"]) == 3
    assert dollars(world.stranger.post(SUMMARY, {"month": True}).json["totalSpend"]) == 0
    world.member.post(SUMMARY, {"planId": other.id}, status=404)


def test_a_plan_s_owner_sees_what_others_spent_on_it(world: World, plan: Plan) -> None:
    call_make(plan, cost="1")
    call_make(plan, user_id=world.admin.user_id, cost="2")
    assert dollars(world.member.post(SUMMARY, {"planId": plan.id}).json["totalSpend"]) == 3


def test_the_balance_is_what_the_nearest_limit_leaves(world: World, plan: Plan) -> None:
    assert dollars(world.member.get("/billing/balance").json["balance"]) == 0
    budget_set(org=world.org, period=Period.MONTH, hard_limit=Decimal(10))
    budget_set(
        org=world.org, user=user_of(world.member), period=Period.TOTAL, hard_limit=Decimal(4)
    )
    call_make(plan, cost="1.5")
    assert dollars(world.member.get("/billing/balance").json["balance"]) == Decimal("2.5")
    assert dollars(world.owner.get("/billing/balance").json["balance"]) == Decimal("8.5")


def test_transactions_come_with_the_balance_after_each(world: World, plan: Plan) -> None:
    budget_set(org=world.org, period=Period.TOTAL, hard_limit=Decimal(10))
    start = now() - timedelta(minutes=10)
    for number, cost in enumerate(("1", "2", "3")):
        call_make(plan, cost=cost, at=start + timedelta(minutes=number), saving="0.5")
    found = world.owner.post(f"{LOG}?size=2&page=1", {}).json
    shown = [(dollars(one["amount"]), dollars(one["endBalance"])) for one in found["transactions"]]
    assert shown == [(D(3), D(4)), (D(2), D(7))]
    assert (found["numPages"], found["numPagesMax"]) == (2, False)
    (last,) = world.owner.post(f"{LOG}?size=2&page=2", {}).json["transactions"]
    assert (dollars(last["startBalance"]), dollars(last["endBalance"])) == (D(10), D(9))
    assert last["transactionType"] == "debit"
    assert dollars(last["debitModelInputPricePerToken"]) == Decimal("0.000003")
    assert dollars(last["debitCacheDiscount"]) == Decimal("0.5")
    assert last["debitPlanId"] == plan.id


def test_a_call_without_a_price_says_so_and_does_not_crash_the_cli(
    world: World, plan: Plan
) -> None:
    call_make(plan, cost=None)
    (shown,) = world.member.post(LOG, {}).json["transactions"]
    assert shown["debitPurpose"] == "Response (price unknown)"
    assert dollars(shown["amount"]) == 0
    assert dollars(shown["debitBaseAmount"]) > 0  # it divides by it


def test_nothing_is_bought_here(world: World, plan: Plan) -> None:
    call_make(plan)
    assert world.member.post(LOG, {"transactionType": "credit"}).json["transactions"] == []
    assert len(world.member.post(LOG, {"transactionType": "debit"}).json["transactions"]) == 1


@pytest.mark.parametrize("query", ["size=0", "size=501", "page=0", "page=x", "size=-1"])
def test_pages_that_make_no_sense_are_refused(world: World, query: str) -> None:
    world.member.post(f"{LOG}?{query}", {}, status=400)


def test_usage_is_added_up_by_what_is_asked_for(world: World, plan: Plan) -> None:
    at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    call_make(plan, cost="1", at=at)
    call_make(plan, cost=None, at=at + timedelta(hours=1), result="error: rate_limit")
    call_make(plan, cost="2", at=at, user_id=world.owner.user_id, role="coder")
    rows = world.owner.get("/billing/usage?by=day").json
    assert [(row["key"], row["calls"], dollars(row["cost"])) for row in rows] == [
        ("2026-03-01", 2, D(3)),
        ("2026-03-02", 1, D(0)),
    ]
    assert (rows[1]["failed"], rows[1]["unpriced"]) == (1, 1)
    by_user = world.owner.get("/billing/usage?by=user").json
    assert [row["label"] for row in by_user] == ["owner@example.com", "member@example.com"]
    by_role = world.member.get("/billing/usage?by=role&since=2026-03-01&until=2026-03-01").json
    assert [(row["key"], dollars(row["cost"])) for row in by_role] == [("planner", D(1))]
    world.owner.get("/billing/usage?by=colour", status=400)
    world.owner.get("/billing/usage?since=yesterday", status=400)


def test_sums_outlive_the_plan(world: World, plan: Plan) -> None:
    call_make(plan, cost="1")
    Plan.objects.all().delete()
    (row,) = world.owner.get("/billing/usage?by=plan").json
    assert (row["label"], dollars(row["cost"])) == ("(deleted)", D(1))
    found = world.owner.post(SUMMARY, {"month": True}).json
    assert list(found["planNamesById"].values()) == ["(deleted)"]


def test_tables_are_exported_and_the_log_knows(world: World, plan: Plan) -> None:
    Plan.objects.update(name="=HYPERLINK(1)")
    call_make(plan, cost="0.0000001")
    table = world.admin.get("/billing/usage.csv?by=plan")
    assert table.headers["Content-Type"].startswith("text/csv")
    header, row = table.text.splitlines()
    assert header.startswith("key,label,calls")
    assert "'=HYPERLINK(1)" in row and "0.0000001000" in row
    calls = world.admin.get("/billing/calls.csv").text.splitlines()
    assert len(calls) == 2 and "member@example.com" in calls[1]
    assert AuditEvent.objects.filter(action="data.exported").count() == 2


def test_queries_do_not_grow_with_rows(
    world: World, plan: Plan, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        call_make(plan, model=f"m{number}", at=now() - timedelta(days=number))
    with django_assert_num_queries(SUMMARY_QUERIES):
        world.owner.post(SUMMARY, {})
    with django_assert_num_queries(LOG_QUERIES):
        world.owner.post(LOG, {})
    with django_assert_num_queries(USAGE_QUERIES):
        world.owner.get("/billing/usage?by=model")
    assert ModelCall.objects.count() == 30 == UsageDay.objects.count()
