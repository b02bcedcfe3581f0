"""Setting budgets and prices over HTTP."""

from decimal import Decimal

import pytest

from orgs.models import AuditEvent, Budget
from tests.execution.usage_rows import call_make
from tests.factories import World
from tests.plans.factories import plan_make, user_of

URL, PRICES = "/billing/budgets", "/billing/prices"


def test_it_works(world: World) -> None:
    plan = plan_make(project=world.project, owner=user_of(world.member))
    call_make(plan, cost="1.25")
    sent = {"period": "month", "userId": world.member.user_id, "softLimit": "1", "hardLimit": 5}
    budget = world.owner.put(URL, sent).json
    assert (budget["name"], Decimal(budget["spent"])) == ("Mo Member", Decimal("1.25"))
    assert Decimal(budget["remaining"]) == Decimal("3.75")
    assert [one["id"] for one in world.admin.get(URL).json] == [budget["id"]]
    again = world.owner.put(URL, sent | {"hardLimit": "6"}).json
    assert (again["id"], Decimal(again["hardLimit"])) == (budget["id"], Decimal(6))
    world.owner.delete(f"{URL}/{budget['id']}", status=204)
    assert world.owner.get(URL).json == []
    told = AuditEvent.objects.filter(action__startswith="budget.").order_by("id")
    assert list(told.values_list("action", "actor")) == [
        ("budget.set", "owner@example.com"),
        ("budget.set", "owner@example.com"),
        ("budget.removed", "owner@example.com"),
    ]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"period": "month"}, 400),
        ({"period": "week", "hardLimit": "1"}, 400),
        ({"period": "month", "hardLimit": "-1"}, 400),
        ({"period": "month", "hardLimit": "NaN"}, 400),
        ({"period": "month", "hardLimit": "1e999999"}, 400),
        ({"period": "month", "hardLimit": "x"}, 400),
        ({"period": "month", "softLimit": "2", "hardLimit": "1"}, 400),
        ({"period": "month", "hardLimit": "1", "userId": "nobody"}, 404),
        ({"period": "month", "hardLimit": "1", "planId": "nothing"}, 404),
    ],
)
def test_budgets_that_make_no_sense(world: World, sent: dict[str, str], status: int) -> None:
    world.owner.put(URL, sent, status=status)
    assert not Budget.objects.exists()


def test_a_budget_is_for_a_user_or_a_plan(world: World) -> None:
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    both = {"hardLimit": "1", "userId": world.owner.user_id, "planId": plan.id}
    world.owner.put(URL, both, status=400)
    stranger = {"hardLimit": "1", "userId": world.stranger.user_id}
    world.owner.put(URL, stranger, status=404)


def test_prices_of_the_org(world: World) -> None:
    sent = {"modelId": "openai/o3-high", "provider": "openai", "input": "1.5", "output": 6}
    price = world.owner.put(PRICES, sent).json
    found = world.member.get(PRICES).json
    assert found["own"] == [price] and found["asOf"]
    assert {"provider": "openai", "modelName": "o3"}.items() <= found["listed"][0].items()
    world.owner.delete(f"{PRICES}/{price['id']}", status=204)
    assert world.owner.get(PRICES).json["own"] == []
    assert AuditEvent.objects.filter(action="price.removed").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"modelId": "no/such"},
        {"provider": "ollama"},
        {"input": "-1"},
        {"output": None},
        {"cachedInput": "1e9"},
    ],
)
def test_prices_that_make_no_sense(world: World, change: dict[str, object]) -> None:
    sent = {"modelId": "openai/o3-high", "input": "1", "output": "2"}
    world.owner.put(PRICES, sent | change, status=400)
