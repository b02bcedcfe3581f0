from plans.models import Plan
from plans.selectors import branch_log
from tests.context.samples import a_file, a_map, context_url
from tests.factories import World
from tests.plans.factories import main_of


def ids_of(world: World, plan: Plan) -> list[str]:
    return [item["id"] for item in world.owner.get(context_url(plan)).json]


def test_it_works(world: World, plan: Plan) -> None:
    world.owner.post(
        context_url(plan), [a_file("a.py", "one two"), a_file("b.py", "three"), a_map()]
    )
    first, second, third = ids_of(world, plan)
    total = main_of(plan).context_tokens
    removed = world.owner.delete(
        context_url(plan), {"ids": {first: True, third: False}}, status=200
    )
    assert removed.json["totalTokens"] == 1 == main_of(plan).context_tokens
    assert removed.json["tokensRemoved"] == total - 1
    assert removed.json["msg"].startswith(
        f"Removed 2 pieces of context | removed → {total - 1} 🪙 | total → 1 🪙\n\n"
    )
    assert branch_log(main_of(plan))[0].message.rstrip() == removed.json["msg"].rstrip()
    assert ids_of(world, plan) == [second]
    world.owner.get(f"{context_url(plan)}/{first}/body", status=404)


def test_unknown_ids_are_ignored(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_file()])
    head = main_of(plan).head_id
    removed = world.owner.delete(context_url(plan), {"ids": {"x": True}}).json
    assert (removed["tokensRemoved"], removed["totalTokens"]) == (0, 4)
    assert main_of(plan).head_id == head


def test_the_last_item(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_file()])
    world.owner.delete(context_url(plan), {"ids": dict.fromkeys(ids_of(world, plan), True)})
    assert ids_of(world, plan) == []
    assert main_of(plan).context_tokens == 0
    world.owner.post(context_url(plan), [a_file()])
    assert len(ids_of(world, plan)) == 1


def test_the_api_dialect_gets_no_body(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_file()])
    body = {"ids": {ids_of(world, plan)[0]: True}}
    assert world.owner.api.delete(context_url(plan), body, status=204).body == b""
    assert ids_of(world, plan) == []


def test_a_bad_request(world: World, plan: Plan) -> None:
    for body in (b"", b"{", {"ids": [1]}):
        refused = world.owner.delete(context_url(plan), body, status=400)
        assert refused.text.startswith("Error parsing request body")
    assert world.owner.delete(context_url(plan), {}).json["tokensRemoved"] == 0


def test_access(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_file()])
    body = {"ids": {ids_of(world, plan)[0]: True}}
    for client in (world.member, world.stranger):
        client.delete(context_url(plan), body, status=404)
    assert len(ids_of(world, plan)) == 1
