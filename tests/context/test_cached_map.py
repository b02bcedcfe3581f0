import pytest

from plans.models import Plan
from tests.context.samples import a_file, a_map, context_url, map_parts
from tests.factories import World
from tests.plans.factories import main_of, plan_make, user_of

PARTS = {"a.py": "def a()\n", "b.py": "def b()\n"}
# Their paths alone are more than the smallest limit.
MANY_FILES = {f"file{number}.py": "def f()\n" for number in range(20)}
NOTHING = {"loadRes": None, "cachedByPath": None}


@pytest.fixture
def other(world: World) -> Plan:
    """Another plan of the owner's in the same project."""
    return plan_make(project=world.project, owner=user_of(world.owner))


def url(plan: Plan) -> str:
    return f"/plans/{plan.id}/main/load_cached_file_map"


def test_it_works(world: World, plan: Plan, other: Plan) -> None:
    world.owner.post(context_url(plan), [a_map(".", PARTS, autoLoaded=True)])
    (original,) = world.owner.get(context_url(plan)).json
    answer = world.owner.post(url(other), {"filePaths": ["."]}, status=200).json
    assert answer["cachedByPath"] == {".": True}
    assert answer["loadRes"]["tokensAdded"] == original["numTokens"]
    assert answer["loadRes"]["msg"].startswith("Loaded 1 map into context")
    (loaded,) = world.owner.get(context_url(other)).json
    own = {"id", "createdAt", "updatedAt", "addedAt"}
    assert {key: loaded[key] for key in loaded if key not in own} == {
        key: original[key] for key in original if key not in own
    }
    body = f"{context_url(other)}/{loaded['id']}/body"
    assert world.owner.get(body).json["body"].startswith("\n### a.py (4 🪙)\n\ndef a()\n")


@pytest.mark.parametrize("paths", [[], ["."], ["lib"]])
def test_nothing_cached(world: World, plan: Plan, other: Plan, paths: list[str]) -> None:
    world.owner.post(context_url(plan), [a_map("src", PARTS), a_file()])
    assert world.owner.post(url(other), {"filePaths": paths}).json == NOTHING
    assert main_of(other).head is None


def test_an_empty_map_is_not_cached(world: World, plan: Plan, other: Plan) -> None:
    world.owner.post(context_url(plan), [a_map(".", {})])
    assert world.owner.post(url(other), {"filePaths": ["."]}).json == NOTHING


def test_one_of_two_is_cached(world: World, plan: Plan, other: Plan) -> None:
    world.owner.post(context_url(plan), [a_map("src", PARTS)])
    answer = world.owner.post(url(other), {"filePaths": ["src", "lib"]}).json
    assert answer["cachedByPath"] == {"src": True}


def test_the_last_stored_map_counts(world: World, plan: Plan, other: Plan) -> None:
    world.owner.post(context_url(plan), [a_map(".", PARTS)])
    (item,) = world.owner.get(context_url(plan)).json
    changed = map_parts({"c.py": "def c()\n"}) | {"removedMapPaths": ["a.py"]}
    world.owner.put(context_url(plan), {item["id"]: changed})
    world.owner.post(url(other), {"filePaths": ["."]})
    (loaded,) = world.owner.get(context_url(other)).json
    assert set(loaded["mapShas"]) == {"b.py", "c.py"}


def test_it_is_in_context_already(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_map(".", PARTS)])
    answer = world.owner.post(url(plan), {"filePaths": ["."]}).json
    assert answer["cachedByPath"] == {".": True}
    assert answer["loadRes"]["tokensAdded"] == 0
    assert len(world.owner.get(context_url(plan)).json) == 1


def test_other_people_and_projects_have_their_own(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_map(".", PARTS)])
    elsewhere = plan_make(org=world.org, owner=user_of(world.owner))
    assert world.owner.post(url(elsewhere), {"filePaths": ["."]}).json == NOTHING
    theirs = plan_make(project=world.project, owner=user_of(world.member))
    assert world.member.post(url(theirs), {"filePaths": ["."]}).json == NOTHING


def test_over_a_limit_the_cli_gets_its_wrapper(
    world: World, plan: Plan, other: Plan, request: pytest.FixtureRequest
) -> None:
    world.owner.post(context_url(plan), [a_map(".", MANY_FILES)])
    request.getfixturevalue("small_models")
    answer = world.owner.post(url(other), {"filePaths": ["."]}, status=200).json
    assert answer["cachedByPath"] == {".": True}
    assert answer["loadRes"]["maxTokensExceeded"] is True
    assert answer["loadRes"]["maxTokens"] == 50
    assert answer["loadRes"]["totalTokens"] > 50
    assert world.owner.get(context_url(other)).json == []


def test_a_failed_load_caches_nothing(world: World, plan: Plan, other: Plan) -> None:
    world.owner.post(context_url(plan), [a_map(".", PARTS), a_file("../x")], status=400)
    assert world.owner.post(url(other), {"filePaths": ["."]}).json == NOTHING


def test_a_bad_request(world: World, plan: Plan) -> None:
    for body in (b"", b"{", {"filePaths": "."}, {"filePaths": ["."] * 1001}):
        refused = world.owner.post(url(plan), body, status=400)
        assert refused.text.startswith("Error decoding request")


def test_access(world: World, plan: Plan) -> None:
    for client in (world.member, world.stranger):
        client.post(url(plan), {"filePaths": ["."]}, status=404)
