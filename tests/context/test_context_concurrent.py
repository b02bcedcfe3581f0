"""Several writers of one branch at the same time, each in a thread with its own connection."""

import pytest

from context.logic.items import ContextType
from context.logic.loading import ContextChange, NewContext
from context.selectors import context_bodies, context_items, plan_limits
from context.services.load import context_load
from context.services.update import context_update
from plans.models import Plan
from plans.selectors import branch_log
from plans.services.versions import revision_head
from tests.concurrency import together
from tests.plans.factories import main_of, plan_make

pytestmark = pytest.mark.django_db(transaction=True)


def load(plan: Plan, *items: NewContext) -> None:
    branch = main_of(plan)
    context_load(branch=branch, user_id=branch.owner_id, items=items, limits=plan_limits(branch))


def a_file(path: str) -> NewContext:
    return NewContext(context_type=ContextType.FILE, name=path, file_path=path, body="one")


def test_all_loads_are_kept() -> None:
    plan = plan_make()
    together([lambda path=path: load(plan, a_file(path)) for path in "abcd"])  # type: ignore[misc]  # bound early
    items = context_items(revision_head(main_of(plan)))
    assert sorted(item.name for item in items) == ["a", "b", "c", "d"]
    assert len({item.created_at for item in items}) == 4
    assert main_of(plan).context_tokens == 4
    assert len(branch_log(main_of(plan))) == 4


def test_one_file_is_loaded_once() -> None:
    plan = plan_make()
    together([lambda: load(plan, a_file("a"))] * 4)
    assert len(context_items(revision_head(main_of(plan)))) == 1
    assert main_of(plan).context_tokens == 1


def test_no_change_of_a_map_is_lost() -> None:
    plan = plan_make()
    load(plan, NewContext(context_type=ContextType.MAP, name="cwd", file_path="."))
    (item,) = context_items(revision_head(main_of(plan)))

    def add(path: str) -> None:
        branch = main_of(plan)
        context_update(
            branch=branch,
            user_id=branch.owner_id,
            changes={item.id: ContextChange(map_bodies={path: "x"})},
            limits=plan_limits(branch),
        )

    together([lambda path=path: add(path) for path in "abcd"])  # type: ignore[misc]  # bound early
    body = context_bodies(revision_head(main_of(plan)))[item.id]
    assert body == "".join(f"\n### {path} (0 🪙)\n\nx\n" for path in "abcd")
