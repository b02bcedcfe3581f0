from typing import Any

import pytest

from context.logic.tokens import count_tokens
from plans.models import Branch, Plan
from plans.selectors import branch_log
from tests.context.samples import (
    a_file,
    a_map,
    a_note,
    a_page,
    a_tree,
    an_image,
    context_url,
    map_parts,
    piped,
    png,
    sha,
)
from tests.factories import World
from tests.plans.factories import main_of

# Too large for the smallest limit, by words that are one token each.
WORDS = "word " * 40
# Their paths alone are.
MANY_FILES = {f"file{number}.py": "def f()\n" for number in range(20)}


def names(world: World, plan: Plan) -> list[str]:
    return [item["name"] for item in world.owner.get(context_url(plan)).json]


def test_it_works(world: World, plan: Plan) -> None:
    loaded = world.owner.post(context_url(plan), [a_file()], status=201).json
    assert loaded == {
        "tokensAdded": 4,
        "totalTokens": 4,
        "maxTokensExceeded": False,
        "maxTokens": 0,
        "msg": branch_log(main_of(plan))[0].message,
    }
    assert loaded["msg"].startswith("Loaded 1 file into context | added → 4 🪙 |  total → 4 🪙\n\n")
    (item,) = world.owner.get(context_url(plan)).json
    assert item["sha"] == sha("print(1)\n")
    assert item["numTokens"] == 4
    assert item["bodySize"] == 9
    assert item["ownerId"] == world.owner.user_id
    assert main_of(plan).context_tokens == 4


def test_every_kind_is_stored(world: World, plan: Plan) -> None:
    # Only the models of this pack can see images.
    world.owner.put(f"/plans/{plan.id}/main/settings", {"modelPackName": "openai"})
    items = [a_file(), a_page(), a_note(), a_tree(), piped(), an_image(), a_map()]
    loaded = world.owner.post(context_url(plan), items).json
    assert loaded["msg"].startswith(
        "Loaded a note, piped data, 1 file, 1 directory tree, 1 url, 1 map, and 1 image into"
    )
    stored = world.owner.get(context_url(plan)).json
    assert [item["contextType"] for item in stored] == [item["contextType"] for item in items]
    assert [item["type"] for item in stored] == [
        "file",
        "url",
        "note",
        "directoryTree",
        "pipedData",
        "image",
        "directoryMap",
    ]
    assert loaded["tokensAdded"] == sum(item["numTokens"] for item in stored)
    assert stored[5]["numTokens"] == 765


def test_a_map(world: World, plan: Plan) -> None:
    parts = {"b.go": "func b()\n", "a.py": ""}
    world.owner.post(context_url(plan), [a_map(".", parts)])
    (item,) = world.owner.get(context_url(plan)).json
    body = world.owner.get(f"{context_url(plan)}/{item['id']}/body").json["body"]
    assert body == "\n### a.py (4 🪙)\n\n[NO MAP]\n\n### b.go (4 🪙)\n\nfunc b()\n"
    sent = map_parts(parts)
    assert item["mapShas"] == sent["inputShas"]
    assert item["mapTokens"] == sent["inputTokens"]
    assert item["mapSizes"] == sent["inputSizes"]
    assert (item["name"], item["file_path"], item["sha"]) == ("cwd", ".", "")
    assert item["numTokens"] == count_tokens(body)


def test_an_empty_map_is_stored(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_map(".", {})])
    (item,) = world.owner.get(context_url(plan)).json
    assert (item["numTokens"], item["sha"]) == (0, sha(""))
    assert world.owner.get(f"{context_url(plan)}/{item['id']}/body").json == {"body": ""}


def test_text_is_stored_as_it_came(world: World, plan: Plan) -> None:
    body = "```\\`\\`\\`\r\n\0é🪙<&>\u2028"
    world.owner.post(context_url(plan), [a_file("a.md", body)])
    (item,) = world.owner.get(context_url(plan)).json
    assert world.owner.get(f"{context_url(plan)}/{item['id']}/body").json["body"] == body
    assert item["sha"] == sha(body)
    assert item["bodySize"] == len(body.encode())


def test_the_order_of_the_request_is_kept(world: World, plan: Plan) -> None:
    wanted = [f"f{number}.py" for number in range(30)]
    world.owner.post(context_url(plan), [a_file(name) for name in wanted])
    world.owner.post(context_url(plan), [a_file("a.py"), a_file("A.py")])
    assert names(world, plan) == [*wanted, "a.py", "A.py"]
    times = [item["createdAt"] for item in world.owner.get(context_url(plan)).json]
    assert times == sorted(set(times))


def test_what_is_in_context_is_not_loaded_again(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_file("a.py", "old\n")])
    again = [a_file("a.py", "new\n"), a_file("b.py"), a_file("b.py"), a_tree("a.py", "x")]
    loaded = world.owner.post(context_url(plan), again).json
    assert loaded["msg"].startswith("Loaded 1 file and 1 directory tree into context")
    assert names(world, plan) == ["a.py", "b.py", "a.py"]
    (first, *_) = world.owner.get(context_url(plan)).json
    assert first["sha"] == sha("old\n")


def test_nothing_new_makes_no_commit(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_file()])
    before = main_of(plan).head_id
    loaded = world.owner.post(context_url(plan), [a_file()], status=201).json
    assert (loaded["tokensAdded"], loaded["totalTokens"]) == (0, 4)
    assert loaded["msg"].startswith("Nothing loaded")
    assert main_of(plan).head_id == before


def test_an_empty_load(world: World, plan: Plan) -> None:
    loaded = world.owner.post(context_url(plan), [], status=201).json
    assert loaded == {
        "tokensAdded": 0,
        "totalTokens": 0,
        "maxTokensExceeded": False,
        "maxTokens": 0,
        "msg": "",
    }
    assert main_of(plan).head is None


def test_a_tree_and_a_map_of_one_directory(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_tree("src"), a_map("src")])
    tree, map_item = world.owner.get(context_url(plan)).json
    assert (tree["contextType"], map_item["contextType"]) == ("directory tree", "map")
    assert "mapShas" not in tree
    assert map_item["mapShas"]


def test_one_auto_loaded_item_does_not_mark_the_others(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_map(autoLoaded=True), a_file()])
    stored = world.owner.get(context_url(plan)).json
    assert [item["autoLoaded"] for item in stored] == [True, False]


def test_the_apis_own_words(world: World, plan: Plan) -> None:
    items: list[dict[str, Any]] = [
        {"type": "file", "path": "a.py", "body": "x"},
        {"type": "directoryTree", "path": "src", "body": "src/a.py"},
        {"type": "url", "path": "https://example.com", "body": "x"},
        {"type": "directoryMap", "path": "lib", "mapBodies": {"lib/a.py": "def f()\n"}},
        {"type": "pipedData", "body": "some text"},
    ]
    api = world.owner.api
    assert api.post(context_url(plan), items, status=201).json["tokensAdded"] > 0
    stored = api.get(context_url(plan)).json
    assert [item["type"] for item in stored] == [item["type"] for item in items]
    assert [item["path"] for item in stored[:4]] == ["a.py", "src", "https://example.com", "lib"]
    for item in stored:
        assert item["tokens"] == item["numTokens"]
        assert item["addedAt"] == item["createdAt"]


def test_notes_are_named_by_their_first_words(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_note(), a_note(), piped()])
    assert names(world, plan) == [
        "use-tabs-never-spaces",
        "use-tabs-never-spaces-2",
        "one-two-three",
    ]


def test_images_need_a_model_that_sees(world: World, plan: Plan) -> None:
    refused = world.owner.post(context_url(plan), [an_image()], status=400)
    model = "anthropic/claude-sonnet-4"
    assert refused.text == f"Error loading context: {model} does not support images in context\n"
    assert main_of(plan).head is None


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("no base64!", "failed to decode base64 image data"),
        (png(0, 0), "failed to decode image config"),
    ],
)
def test_a_broken_image_is_refused(world: World, plan: Plan, body: str, problem: str) -> None:
    world.owner.put(f"/plans/{plan.id}/main/settings", {"modelPackName": "openai"})
    refused = world.owner.post(context_url(plan), [an_image(body=body)], status=400)
    expected = f"Error loading contexts: error getting image num tokens: {problem}"
    assert refused.text.startswith(expected)


@pytest.mark.usefixtures("small_models")
def test_over_a_limit_nothing_is_stored_and_the_cli_says_why(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_file("a.py", WORDS)])
    head = main_of(plan).head_id
    files = [a_file("b.py", WORDS), a_file("c.py", WORDS)]
    loaded = world.owner.post(context_url(plan), files, status=201).json
    count = count_tokens(WORDS)
    over = f"add {2 * count} 🪙 and exceed the token limit (100) by {3 * count - 100} 🪙"
    assert loaded == {
        "tokensAdded": 2 * count,
        "totalTokens": 3 * count,
        "maxTokensExceeded": True,
        "maxTokens": 100,
        "msg": f"Not loaded: would {over}",
    }
    assert names(world, plan) == ["a.py"]
    assert main_of(plan).head_id == head


@pytest.mark.usefixtures("small_models")
@pytest.mark.parametrize(
    ("auto_context", "item", "limit"),
    [
        (True, a_map(".", MANY_FILES), 50),
        (False, a_map(".", {"a.py": WORDS * 2}), None),
        (True, a_file("a.py", WORDS * 3, autoLoaded=True), None),
        (False, a_file("a.py", WORDS * 3, autoLoaded=True), 100),
        (True, a_file("a.py", WORDS * 3), 100),
    ],
)
def test_which_limit_holds(
    world: World, plan: Plan, auto_context: bool, item: dict[str, Any], limit: int | None
) -> None:
    config = {"config": {"autoContext": auto_context}}
    world.owner.put(f"/plans/{plan.id}/config", config)
    loaded = world.owner.post(context_url(plan), [item]).json
    assert loaded["maxTokensExceeded"] is (limit is not None)
    assert loaded["maxTokens"] == (limit or 0)


@pytest.mark.parametrize(
    "item",
    [
        a_file("../a.py"),
        a_file("/etc/passwd"),
        a_file(".git/config"),
        a_file(""),
        a_tree("/etc"),
        a_map("a/../../b"),
    ],
)
def test_unsafe_paths_are_refused(world: World, plan: Plan, item: dict[str, Any]) -> None:
    refused = world.owner.post(context_url(plan), [a_file(), item], status=400)
    assert refused.text.startswith("Error loading contexts: ")
    assert names(world, plan) == []


def test_the_parent_directory_may_be_loaded(world: World, plan: Plan) -> None:
    parent = a_map("..", {"../a.py": "def f()\n"})
    world.owner.post(context_url(plan), [parent, a_tree("../lib")])
    assert names(world, plan) == ["parent", "../lib"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{", "Error parsing request body: it is not valid JSON\n"),
        ({}, "Error parsing request body"),
        ([{"contextType": "folder"}], "Error parsing request body: there is no context type 'fol"),
        ([{"contextType": 1}], "Error parsing request body"),
        ([a_file(body="x" * 26_214_401)], "Context a.py exceeds size limit (size 25.00 MB, limit"),
        ([a_file()] * 1001, "Too many contexts to load (found 1001, limit is 1000)\n"),
        (
            [a_map(".", {str(number): "" for number in range(3001)})],
            "Too many map files to load (found 3001, limit is 3000)\n",
        ),
        (
            [a_map(".", {"a.py": "x" * 512_001})],
            "Map file a.py exceeds size limit (size 512001, limit 512000)\n",
        ),
    ],
)
def test_bad_requests(world: World, plan: Plan, body: object, text: str) -> None:
    assert world.owner.post(context_url(plan), body, status=400).text.startswith(text)
    assert main_of(plan).head is None


def test_a_plan_holds_a_thousand_contexts(world: World, plan: Plan) -> None:
    world.owner.post(context_url(plan), [a_file(f"{number}.py", "") for number in range(1000)])
    refused = world.owner.post(context_url(plan), [a_file("one-more.py")], status=400)
    assert refused.text == "Error loading contexts: too many contexts: 1001\n"


def test_the_api_dialects_error(world: World, plan: Plan) -> None:
    error = world.owner.api.post(context_url(plan), [a_file("../a.py")], status=400).json
    assert error["details"]["reason"] == "context_refused"


def test_access(world: World, plan: Plan, main: Branch) -> None:
    for client in (world.stranger, world.member):
        client.post(context_url(plan), [a_file()], status=404)
    world.owner.post(context_url(plan, "no-such-branch"), [a_file()], status=404)
    assert main_of(plan).head is None


def test_queries_do_not_grow_with_the_items(
    world: World, plan: Plan, django_assert_max_num_queries: Any
) -> None:
    world.owner.post(context_url(plan), [a_file(f"{number}.py") for number in range(50)])
    for count in (1, 100):
        items = [a_file(f"{count}-{number}.py", f"{count} {number}") for number in range(count)]
        with django_assert_max_num_queries(17):
            world.owner.post(context_url(plan), items)
