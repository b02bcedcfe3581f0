"""What the apps above are asked to do."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from pytest_django import Settings

from context.hooks import NamingKeys, Unnamed
from context.logic.items import ContextType
from context.logic.results import LoadResult
from plans.logic.versions import Kind
from plans.models import Branch, Plan
from plans.services.versions import Draft, branch_write, revision_head
from tests.context.samples import a_file, a_map, a_note, a_page, a_tree, context_url, piped
from tests.factories import World
from tests.plans.factories import main_of


class Conflicts:
    """Stands for pending results: one per path, dropped when the path gets a new body."""

    def __init__(self, settings: Settings) -> None:
        settings.PENDING_CHANGES = self
        self.calls: list[dict[str, str]] = []

    def __call__(self, draft: Draft, new_bodies: Mapping[str, str]) -> None:
        self.calls.append(dict(new_bodies))
        for path in new_bodies:
            draft.delete(Kind.RESULT, path)


@pytest.fixture
def conflicts(settings: Settings) -> Conflicts:
    return Conflicts(settings)


def pending(branch: Branch) -> set[str]:
    return set(revision_head(branch).read_all(Kind.RESULT))


def have_pending(branch: Branch, *paths: str) -> None:
    with branch_write(branch) as draft:
        for path in paths:
            draft.put(Kind.RESULT, path, path.encode())
        draft.message = "built"


def test_loaded_files_may_conflict(
    world: World, plan: Plan, main: Branch, conflicts: Conflicts
) -> None:
    have_pending(main, "a.py", "b.py")
    world.owner.post(context_url(plan), [a_file("a.py", "new"), a_page(), a_map(), a_tree()])
    assert conflicts.calls == [{"a.py": "new"}]
    loaded = main_of(plan)
    assert pending(loaded) == {"b.py"}
    # One commit for both.
    assert loaded.head is not None
    assert loaded.head.parent_id == main.head_id


def test_what_is_not_stored_does_not_conflict(
    world: World, plan: Plan, conflicts: Conflicts
) -> None:
    world.owner.post(context_url(plan), [a_file()])
    world.owner.post(context_url(plan), [a_file("a.py", "other"), a_page()])
    assert conflicts.calls == [{"a.py": "print(1)\n"}]


def test_updated_and_removed_files_may_conflict(
    world: World, plan: Plan, conflicts: Conflicts
) -> None:
    world.owner.post(context_url(plan), [a_file("a.py"), a_file("b.py"), a_page()])
    have_pending(main_of(plan), "a.py", "b.py")
    ids = [item["id"] for item in world.owner.get(context_url(plan)).json]
    conflicts.calls.clear()
    world.owner.put(context_url(plan), {ids[0]: {"body": "new"}, ids[2]: {"body": "new"}})
    assert pending(main_of(plan)) == {"b.py"}
    world.owner.delete(context_url(plan), {"ids": dict.fromkeys(ids, True)})
    assert conflicts.calls == [{"a.py": "new"}, {"a.py": "", "b.py": ""}]
    assert pending(main_of(plan)) == set()


@pytest.mark.usefixtures("small_models")
def test_over_a_limit_nothing_conflicts(world: World, plan: Plan, conflicts: Conflicts) -> None:
    world.owner.post(context_url(plan), [a_file("a.py", "word " * 200)])
    assert conflicts.calls == []


def test_a_failing_hook_leaves_nothing_behind(world: World, plan: Plan, settings: Settings) -> None:
    def fail(draft: Draft, new_bodies: Mapping[str, str]) -> None:
        draft.put(Kind.RESULT, "x", b"x")
        raise RuntimeError

    settings.PENDING_CHANGES = fail
    world.owner.post(context_url(plan), [a_file()], status=500)
    assert main_of(plan).head is None


class Namer:
    def __init__(self, settings: Settings, names: Sequence[str | None]) -> None:
        settings.CONTEXT_NAMER = self
        self.names = names
        self.calls: list[dict[str, Any]] = []

    def __call__(
        self, *, auth: object, branch: Branch, items: Sequence[Unnamed], keys: NamingKeys
    ) -> Sequence[str | None]:
        self.calls.append({"items": list(items), "keys": keys})
        return self.names


def names_of(world: World, plan: Plan) -> list[str]:
    return [item["name"] for item in world.owner.get(context_url(plan)).json]


def test_a_model_names_notes_and_piped_data(world: World, plan: Plan, settings: Settings) -> None:
    namer = Namer(settings, ["style rules", " numbers\n"])
    note = a_note("Use tabs.", apiKeys=None, authVars=None)
    world.owner.post(
        context_url(plan), [a_file(), note, piped("1 2", openAIOrgId="org-1", sessionId="s")]
    )
    assert names_of(world, plan) == ["a.py", "style rules", "numbers"]
    (call,) = namer.calls
    assert call["items"] == [
        Unnamed(ContextType.NOTE, "Use tabs."),
        Unnamed(ContextType.PIPED_DATA, "1 2"),
    ]
    # The first item of all came without keys.
    assert call["keys"] == NamingKeys({"OPENAI_API_KEY": "sk-test"}, "", "org-1", "s")
    assert "sk-test" not in repr(call["keys"])


def test_equal_names_get_numbers(world: World, plan: Plan, settings: Settings) -> None:
    Namer(settings, ["rules", "rules"])
    for _ in range(2):
        world.owner.post(context_url(plan), [a_note(), a_note()])
    assert names_of(world, plan) == ["rules", "rules-2", "rules-3", "rules-4"]


@pytest.mark.parametrize("names", [[], [None], ["", "more"], ["  "]])
def test_without_a_name_the_first_words_serve(
    world: World, plan: Plan, settings: Settings, names: list[str | None]
) -> None:
    Namer(settings, names)
    world.owner.post(context_url(plan), [a_note()])
    assert names_of(world, plan) == ["use-tabs-never-spaces"]


def test_a_failing_model_never_fails_a_load(
    world: World, plan: Plan, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**arguments: object) -> list[str]:
        raise ValueError("sk-test")

    settings.CONTEXT_NAMER = fail
    with caplog.at_level(logging.WARNING):
        world.owner.post(context_url(plan), [a_note()], status=201)
    assert names_of(world, plan) == ["use-tabs-never-spaces"]
    assert "ValueError" in caplog.text
    assert "sk-test" not in caplog.text


def test_no_model_is_asked_without_need(world: World, plan: Plan, settings: Settings) -> None:
    namer = Namer(settings, [])
    world.owner.post(context_url(plan), [a_file()])
    world.owner.post(context_url(plan), [a_note()] * 1001, status=400)
    assert namer.calls == []


def test_auto_loads_are_told(world: World, plan: Plan, settings: Settings) -> None:
    heard: list[tuple[str, LoadResult]] = []

    def loaded(*, branch: Branch, result: LoadResult) -> None:
        heard.append((branch.name, result))

    settings.CONTEXT_LOADED = loaded
    world.owner.post(context_url(plan), [a_file()])
    world.owner.post(context_url(plan), [a_file("b.py", autoLoaded=True)])
    ((branch, result),) = heard
    assert branch == "main"
    assert [(one.item.name, one.body) for one in result.contexts] == [("b.py", "print(1)\n")]
    assert result.plain_msg.startswith("Loaded 1 file into context")
    assert "\x1b" not in result.plain_msg


def remember(draft: Draft, new_bodies: Mapping[str, str]) -> None:
    """Named by a setting below."""
    draft.put(Kind.RESULT, "remembered", b"")


def test_a_setting_names_a_function(world: World, plan: Plan, settings: Settings) -> None:
    settings.PENDING_CHANGES = f"{__name__}:remember"
    world.owner.post(context_url(plan), [a_file()])
    assert pending(main_of(plan)) == {"remembered"}


def test_a_wrong_name_is_loud(world: World, plan: Plan, settings: Settings) -> None:
    settings.PENDING_CHANGES = f"{__name__}:nothing"
    world.owner.post(context_url(plan), [a_file()], status=500)


@pytest.mark.parametrize("name", ["", "no.such.module:function", "execution.nothing:function"])
def test_nobody_is_asked(world: World, plan: Plan, settings: Settings, name: str) -> None:
    settings.PENDING_CHANGES = settings.CONTEXT_NAMER = settings.CONTEXT_LOADED = name
    world.owner.post(context_url(plan), [a_note(), a_file(autoLoaded=True)], status=201)
