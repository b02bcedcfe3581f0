from typing import Any

import pytest

from context.logic.tokens import count_tokens
from plans.models import Plan
from plans.selectors import branch_log
from tests.context.samples import (
    a_file,
    a_map,
    a_tree,
    an_image,
    context_url,
    map_parts,
    png,
    sha,
)
from tests.factories import World
from tests.plans.factories import main_of


def load(world: World, plan: Plan, *items: dict[str, Any]) -> list[str]:
    """The ids of the loaded items."""
    world.owner.post(context_url(plan), list(items))
    return [item["id"] for item in world.owner.get(context_url(plan)).json]


def body_of(world: World, plan: Plan, id: str) -> str:
    body: str = world.owner.get(f"{context_url(plan)}/{id}/body").json["body"]
    return body


def test_it_works(world: World, plan: Plan) -> None:
    first, second = load(world, plan, a_file("a.py", "one"), a_file("b.py", "two"))
    change = {"body": "one two three", "mapBodies": None, "removedMapPaths": None}
    updated = world.owner.put(context_url(plan), {first: change}, status=200).json
    assert updated == {
        "tokensAdded": 2,
        "totalTokens": 4,
        "maxTokensExceeded": False,
        "maxTokens": 0,
        "msg": updated["msg"],
    }
    assert updated["msg"].startswith("Updated 1 file in context | added → 2 🪙 | total → 4 🪙\n\n")
    assert branch_log(main_of(plan))[0].message.rstrip() == updated["msg"].rstrip()
    assert body_of(world, plan, first) == "one two three"
    assert body_of(world, plan, second) == "two"
    item = world.owner.get(context_url(plan)).json[0]
    assert (item["sha"], item["numTokens"], item["bodySize"]) == (sha("one two three"), 3, 13)
    assert item["updatedAt"] > item["createdAt"]
    assert main_of(plan).context_tokens == 4


def test_fewer_tokens(world: World, plan: Plan) -> None:
    first, second = load(world, plan, a_file("a.py", "one two three"), a_tree("src", "a b c"))
    changes = {first: {"body": ""}, second: {"body": "a"}}
    updated = world.owner.put(context_url(plan), changes).json
    assert (updated["tokensAdded"], updated["totalTokens"]) == (-5, 1)
    assert updated["msg"].startswith(
        "Updated 1 file and 1 tree in context | removed → 5 🪙 | total → 1 🪙"
    )


def test_no_change_makes_no_commit(world: World, plan: Plan) -> None:
    first, second = load(world, plan, a_file("a.py", "one"), a_map(".", {"a.py": "x"}))
    head = main_of(plan).head_id
    changes = {first: {"body": "one"}, second: map_parts({"a.py": "x"})}
    updated = world.owner.put(context_url(plan), changes).json
    assert updated["tokensAdded"] == 0
    assert updated["totalTokens"] == main_of(plan).context_tokens
    assert updated["msg"].startswith("Nothing changed in context")
    assert main_of(plan).head_id == head
    assert world.owner.put(context_url(plan), {}).json["msg"] == ""


def test_a_map(world: World, plan: Plan) -> None:
    (id,) = load(world, plan, a_map(".", {"a.py": "def a()\n", "b.py": "def b()\n", "c.py": ""}))
    changed = map_parts({"b.py": "def bb()\n", "d.py": "def d()\n"})
    updated = world.owner.put(
        context_url(plan), {id: changed | {"body": "", "removedMapPaths": ["c.py", "a.py"]}}
    ).json
    body = "\n### b.py (4 🪙)\n\ndef bb()\n\n### d.py (4 🪙)\n\ndef d()\n"
    assert body_of(world, plan, id) == body
    (item,) = world.owner.get(context_url(plan)).json
    assert set(item["mapShas"]) == set(item["mapTokens"]) == set(item["mapSizes"])
    assert set(item["mapShas"]) == {"b.py", "d.py"}
    assert item["numTokens"] == count_tokens(body) == updated["totalTokens"]
    assert updated["msg"].startswith("Updated 1 map in context | removed → ")


def test_a_map_that_becomes_empty_can_be_filled_again(world: World, plan: Plan) -> None:
    (id,) = load(world, plan, a_map(".", {"a.py": "def a()\n"}))
    world.owner.put(context_url(plan), {id: {"removedMapPaths": ["a.py"]}})
    assert body_of(world, plan, id) == ""
    world.owner.put(context_url(plan), {id: map_parts({"b.py": "def b()\n"})})
    assert body_of(world, plan, id) == "\n### b.py (4 🪙)\n\ndef b()\n"


def test_an_image(world: World, plan: Plan) -> None:
    world.owner.put(f"/plans/{plan.id}/main/settings", {"modelPackName": "openai"})
    (id,) = load(world, plan, an_image())
    updated = world.owner.put(context_url(plan), {id: {"body": png(1024, 1024)}}).json
    assert updated["totalTokens"] == 1399
    world.owner.put(context_url(plan), {id: {"body": "?"}}, status=400)


@pytest.mark.parametrize("change", [{"body": "x" * 26_214_401}, {"body": "é" * 13_107_201}])
def test_a_body_that_is_too_large(world: World, plan: Plan, change: dict[str, Any]) -> None:
    (id,) = load(world, plan, a_file())
    refused = world.owner.put(context_url(plan), {id: change}, status=400)
    size = len(change["body"].encode())
    assert refused.text == f"Error updating contexts: context body is too large: {size}\n"
    assert body_of(world, plan, id) == "print(1)\n"


def test_a_map_of_too_many_files(world: World, plan: Plan) -> None:
    (id,) = load(world, plan, a_map(".", {f"{number}.py": "" for number in range(3000)}))
    refused = world.owner.put(context_url(plan), {id: map_parts({"x.py": ""})}, status=400)
    assert refused.text.startswith("Error updating contexts: Too many map files")
    changed = map_parts({"x.py": ""}) | {"removedMapPaths": ["0.py"]}
    world.owner.put(context_url(plan), {id: changed})


@pytest.mark.usefixtures("small_models")
@pytest.mark.parametrize("auto_context", [True, False])
def test_over_a_limit_nothing_is_stored(world: World, plan: Plan, auto_context: bool) -> None:
    world.owner.put(f"/plans/{plan.id}/config", {"config": {"autoContext": auto_context}})
    _, second = load(world, plan, a_file("a.py", "word " * 60), a_file("b.py", "word " * 20))
    change = {second: {"body": "word " * 80}}
    updated = world.owner.put(context_url(plan), change, status=200).json
    total, added = count_tokens("word " * 60) + count_tokens("word " * 80), 60
    assert updated == {
        "tokensAdded": added,
        "totalTokens": total,
        "maxTokensExceeded": True,
        "maxTokens": 100,
        "msg": f"Not updated: would add {added} 🪙 and exceed the token limit (100) "
        f"by {total - 100} 🪙",
    }
    assert body_of(world, plan, second) == "word " * 20
    assert len(branch_log(main_of(plan))) == 1


def test_an_unknown_item(world: World, plan: Plan) -> None:
    (id,) = load(world, plan, a_file())
    changes = {id: {"body": "new"}, "x": {"body": ""}}
    refused = world.owner.put(context_url(plan), changes, status=404)
    assert refused.text.startswith("Error updating contexts: error getting context: ")
    assert body_of(world, plan, id) == "print(1)\n"


def test_a_bad_request(world: World, plan: Plan) -> None:
    bodies: list[object] = [b"", b"[", [], {"x": {"body": 1}}]
    for body in bodies:
        refused = world.owner.put(context_url(plan), body, status=400)
        assert refused.text.startswith("Error parsing request body")


def test_access(world: World, plan: Plan) -> None:
    (id,) = load(world, plan, a_file())
    for client in (world.member, world.stranger):
        client.put(context_url(plan), {id: {"body": "x"}}, status=404)
    world.owner.put(context_url(plan, "nope"), {id: {"body": "x"}}, status=404)


def test_queries_do_not_grow_with_the_items(
    world: World, plan: Plan, django_assert_max_num_queries: Any
) -> None:
    ids = load(world, plan, *[a_file(f"{number}.py") for number in range(100)])
    for count in (1, 100):
        changes = {id: {"body": f"{count} {id}"} for id in ids[:count]}
        with django_assert_max_num_queries(19):
            world.owner.put(context_url(plan), changes)
