"""Applies, loads and rejects of one branch at the same time, each with its own connection."""

import pytest

from context.selectors import context_items
from plans.models import Plan
from plans.selectors import branch_log
from plans.services.versions import revision_head
from tests.concurrency import together
from tests.execution.pending_states import built, edited, loaded, made, results_of
from tests.factories import world_make
from tests.plans.factories import main_of, plan_make, user_of

pytestmark = pytest.mark.django_db(transaction=True)


def tokens_add_up(plan: Plan) -> bool:
    items = context_items(revision_head(main_of(plan)))
    return main_of(plan).context_tokens == sum(item.num_tokens for item in items)


def test_an_apply_and_loads_lose_nothing() -> None:
    world = world_make()
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    loaded(plan, {"a.py": "one\n"})
    built(plan, [edited("a.py", ("one", "one two")), made("b.py", "b\n")])
    url = f"/plans/{plan.id}/main"
    together(
        [
            lambda: world.owner.patch(f"{url}/apply", {}, status=200),
            lambda: loaded(plan, {"c.py": "c\n"}),
            lambda: loaded(plan, {"b.py": "appeared\n"}),
        ]
    )
    contexts = world.owner.get(f"{url}/current_plan").json["contextsByPath"]
    assert {path: one["body"] for path, one in contexts.items()} == {
        "a.py": "one two\n",
        "b.py": "b\n",
        "c.py": "c\n",
    }
    assert len(context_items(revision_head(main_of(plan)))) == 3
    assert all(result.applied_at for result in results_of(main_of(plan)))
    assert tokens_add_up(plan)


def test_an_apply_and_a_reject_do_not_both_have_it() -> None:
    world = world_make()
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    built(plan, [made(f"f{number}.py", "f\n") for number in range(5)])
    url = f"/plans/{plan.id}/main"
    together(
        [
            lambda: world.owner.patch(f"{url}/apply", {}, status=200),
            lambda: world.owner.patch(f"{url}/reject_all", status=200),
        ]
    )
    states = {
        (one.applied_at is not None, one.rejected_at is not None)
        for one in results_of(main_of(plan))
    }
    assert states in ({(True, False)}, {(False, True)})
    assert tokens_add_up(plan)


def test_two_applies_mark_each_change_once() -> None:
    world = world_make()
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    built(plan, [made("a.py", "a\n")])
    url = f"/plans/{plan.id}/main"
    together([lambda: world.owner.patch(f"{url}/apply", {}, status=200)] * 2)
    applies = world.owner.get(f"{url}/current_plan").json["planApplies"]
    assert sorted(len(one["planFileResultIds"]) for one in applies) == [0, 1]
    assert len(branch_log(main_of(plan))) == 3
