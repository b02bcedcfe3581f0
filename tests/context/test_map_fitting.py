"""Maps that are larger than the model's window."""

from typing import Any

import pytest

from plans.models import Plan
from tests.context.samples import a_file, a_map, context_url, map_parts
from tests.factories import World

PARTS = {"a.py": "class A\n" + "  - def method(self)\n" * 20, "bb.py": "class B\n"}
CUT = "\n### a.py (4 🪙)\n\nclass A\n\n### bb.py (5 🪙)\n\nclass B\n"

pytestmark = pytest.mark.usefixtures("small_models")


def only_map(world: World, plan: Plan) -> tuple[dict[str, Any], str]:
    items = world.owner.get(context_url(plan)).json
    (item,) = [one for one in items if one["contextType"] == "map"]
    return item, world.owner.get(f"{context_url(plan)}/{item['id']}/body").json["body"]


def test_a_large_map_is_loaded_with_less_detail(world: World, plan: Plan) -> None:
    loaded = world.owner.post(context_url(plan), [a_map(".", PARTS)]).json
    assert loaded["maxTokensExceeded"] is False
    item, body = only_map(world, plan)
    assert body == CUT
    assert item["numTokens"] == loaded["tokensAdded"] <= 50
    assert set(item["mapShas"]) == set(PARTS)


def test_a_larger_model_sees_more_after_an_update(
    world: World, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.owner.post(context_url(plan), [a_map(".", PARTS)])
    item, _ = only_map(world, plan)
    monkeypatch.undo()
    world.owner.put(context_url(plan), {item["id"]: map_parts({"bb.py": "class C\n"})})
    _, body = only_map(world, plan)
    assert body.count("  - def method(self)\n") == 20


def test_a_map_that_grows_is_cut(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_map(".", {"bb.py": "class B\n"})])
    item, _ = only_map(world, plan)
    updated = world.owner.put(
        context_url(plan), {item["id"]: map_parts({"a.py": PARTS["a.py"]})}
    ).json
    assert updated["maxTokensExceeded"] is False
    assert only_map(world, plan)[1] == CUT


def test_without_auto_context_a_map_shares_the_window(world: World, plan: Plan) -> None:
    world.owner.put(f"/plans/{plan.id}/config", {"config": {"autoContext": False}})
    items = [a_file("c.py", "word " * 40), a_map(".", PARTS)]
    loaded = world.owner.post(context_url(plan), items).json
    assert loaded["maxTokensExceeded"] is False
    assert only_map(world, plan)[1] == CUT
    again = world.owner.post(context_url(plan), [a_file("d.py", "word " * 40)]).json
    assert again["maxTokensExceeded"] is True


def test_two_maps_share_the_window(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_map(".", PARTS)])
    loaded = world.owner.post(context_url(plan), [a_map("lib", PARTS)]).json
    assert loaded["maxTokensExceeded"] is True
    assert loaded["maxTokens"] == 50
