from typing import Any

from plans.models import Plan
from plans.services.branches import branch_create
from tests.context.samples import a_file, a_map, context_url
from tests.factories import World
from tests.plans.factories import main_of


def test_it_works(world: World, plan: Plan) -> None:
    assert world.owner.get(context_url(plan)).json == []
    world.owner.post(context_url(plan), [a_file(), a_map()])
    first, second = world.owner.get(context_url(plan)).json
    assert first["name"] == "a.py"
    # The CLI finds outdated entries of a map with these.
    assert set(second) >= {"mapShas", "mapTokens", "mapSizes"}


def test_a_body(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_file("empty.txt", "")])
    (item,) = world.owner.get(context_url(plan)).json
    assert world.owner.get(f"{context_url(plan)}/{item['id']}/body").json == {"body": ""}


def test_an_unknown_body(world: World, plan: Plan) -> None:
    for unknown in ("00000000-0000-4000-8000-000000000000", "x", "a\0b"):
        url = f"{context_url(plan)}/{unknown.replace(chr(0), '%00')}/body"
        assert world.owner.get(url, status=404).text == "Context not found\n"


def test_branches_have_their_own_context(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_file()])
    main = main_of(plan)
    branch_create(parent=main, name="other", owner_id=plan.owner_id)
    world.owner.post(context_url(plan, "other"), [a_file("b.py")])
    assert len(world.owner.get(context_url(plan)).json) == 1
    assert len(world.owner.get(context_url(plan, "other")).json) == 2


def test_access(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_file()])
    (item,) = world.owner.get(context_url(plan)).json
    for client in (world.member, world.stranger):
        client.get(context_url(plan), status=404)
        client.get(f"{context_url(plan)}/{item['id']}/body", status=404)


def test_queries_do_not_grow_with_the_items(
    world: World, plan: Plan, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        files = [a_file(f"{number}-{one}.py", str(one)) for one in range(20)]
        world.owner.post(context_url(plan), files)
        with django_assert_max_num_queries(5):
            listed = world.owner.get(context_url(plan)).json
        with django_assert_max_num_queries(5):
            world.owner.get(f"{context_url(plan)}/{listed[0]['id']}/body")
