"""What runs and applies do with contexts."""

import pytest

from context.logic.items import ContextType
from context.logic.loading import ContextChange, NewContext
from context.selectors import context_bodies, context_items, plan_limits
from context.services.load import context_load, context_load_into, contexts_prepare
from context.services.remove import context_remove_in
from context.services.update import changes_prepare, context_update_in
from plans.logic.versions import Kind
from plans.models import Branch
from plans.selectors import branch_log
from plans.services.versions import branch_write, revision_head
from tests.context.samples import png


def a_file(path: str, body: str = "one") -> NewContext:
    return NewContext(context_type=ContextType.FILE, name=path, file_path=path, body=body)


def an_image(path: str, body: str) -> NewContext:
    return NewContext(context_type=ContextType.IMAGE, name=path, file_path=path, body=body)


def load(branch: Branch, *items: NewContext) -> list[str]:
    """The ids of all items of the branch."""
    limits = plan_limits(branch)
    context_load(branch=branch, user_id=branch.owner_id, items=items, limits=limits)
    return [item.id for item in context_items(revision_head(branch))]


def test_an_auto_load_leaves_out_what_can_not_be_used(main: Branch) -> None:
    result = context_load(
        branch=main,
        user_id=main.owner_id,
        items=[a_file("a.py"), an_image("a.png", png(1, 1)), a_file("../b.py"), a_file("c.py")],
        limits=plan_limits(main),
        auto_loaded=True,
    )
    assert [one.item.name for one in result.contexts] == ["a.py", "c.py"]
    assert all(item.auto_loaded for item in context_items(revision_head(main)))
    assert result.plain_msg.startswith("Loaded 2 files into context | added → 2 🪙 |  total → 2 🪙")


def test_an_auto_load_of_nothing_usable(main: Branch) -> None:
    result = context_load(
        branch=main,
        user_id=main.owner_id,
        items=[an_image("a.png", png(1, 1))],
        limits=plan_limits(main),
        auto_loaded=True,
    )
    assert (result.contexts, result.tokens_added) == ((), 0)
    assert main.head is None


def test_one_commit_for_a_load_an_update_and_a_removal(main: Branch) -> None:
    first, second = load(main, a_file("a.py"), a_file("b.py"))
    limits = plan_limits(main)
    prepared = contexts_prepare([a_file("c.py")], owner_id=main.owner_id, limits=limits)
    with branch_write(main, user_id=main.owner_id) as draft:
        loaded = context_load_into(draft, prepared, limits=limits.tokens, conflicts=False)
        change = {first: ContextChange(body="one two three")}
        updated = context_update_in(draft, change, limits=limits.tokens, conflicts=False)
        removed = context_remove_in(draft, [second], conflicts=False)
        draft.message = "\n\n".join([loaded.msg, updated.msg, removed.msg])
    assert [entry.message.count("added → ") for entry in branch_log(main)] == [2, 1]
    revision = revision_head(main)
    items = context_items(revision)
    bodies = context_bodies(revision)
    assert [(item.name, bodies[item.id]) for item in items] == [
        ("a.py", "one two three"),
        ("c.py", "one"),
    ]
    assert (loaded.total_tokens, updated.total_tokens, removed.total_tokens) == (3, 5, 4)
    assert main.context_tokens == 4
    assert set(bodies) == set(revision.tree(Kind.BODY))


def test_a_change_is_prepared_again_when_the_item_changed_meanwhile(main: Branch) -> None:
    new = NewContext(
        context_type=ContextType.MAP,
        name="cwd",
        file_path=".",
        map_bodies={"a.py": "def a()\n"},
        input_tokens={"a.py": 1},
    )
    (id,) = load(main, new)
    mine = {id: ContextChange(map_bodies={"b.py": "def b()\n"}, input_tokens={"b.py": 2})}
    theirs = {id: ContextChange(map_bodies={"c.py": "def c()\n"}, input_tokens={"c.py": 3})}
    limits = plan_limits(main).tokens
    prepared = changes_prepare(revision_head(main), mine, limits=limits)
    for changes, known in ((theirs, None), (mine, prepared)):
        with branch_write(main, user_id=main.owner_id) as draft:
            draft.message = context_update_in(draft, changes, limits=limits, prepared=known).msg
    assert context_bodies(revision_head(main), [id])[id] == (
        "\n### a.py (1 🪙)\n\ndef a()\n\n### b.py (2 🪙)\n\ndef b()\n\n### c.py (3 🪙)\n\ndef c()\n"
    )


@pytest.mark.parametrize(
    ("pack", "planner", "images"),
    [("daily-driver", 1_991_808, False), ("openai", 1_014_808, True), ("oss", 144_000, False)],
)
def test_the_limits_of_a_plan(main: Branch, pack: str, planner: int, images: bool) -> None:
    with branch_write(main) as draft:
        draft.put(Kind.STATE, "settings", b'{"modelPackName":"%s"}' % pack.encode())
        draft.message = "settings"
    limits = plan_limits(main)
    assert limits.tokens.planner == planner
    assert limits.images is images
    assert limits.tokens.auto_context is True
    main.plan.config = {"autoContext": False}
    assert plan_limits(main).tokens.auto_context is False
