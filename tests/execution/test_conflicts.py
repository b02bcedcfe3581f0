"""Pending changes whose file changes in the context."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from execution.logic.changes import Result
from plans.models import Plan
from plans.selectors import branch_log
from tests.execution.pending_states import (
    built,
    descriptions_of,
    edited,
    loaded,
    made,
    moved,
    operation,
    removed,
    results_of,
)
from tests.factories import World
from tests.plans.factories import main_of, plan_make, user_of

BODY = "one\ntwo\nthree\n"


@pytest.fixture
def plan(world: World) -> Plan:
    """With `a.py` and `b.py` in context."""
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    loaded(plan, {"a.py": BODY, "b.py": BODY})
    return plan


def url(plan: Plan, what: str) -> str:
    return f"/plans/{plan.id}/main/{what}"


def context_id(world: World, plan: Plan, path: str) -> str:
    items = world.owner.get(url(plan, "context")).json
    return str(next(item["id"] for item in items if item["file_path"] == path))


def update(world: World, plan: Plan, path: str, body: str) -> None:
    changes = {context_id(world, plan, path): {"body": body}}
    world.owner.put(url(plan, "context"), changes, status=200)


def delete(world: World, plan: Plan, path: str) -> None:
    ids = {context_id(world, plan, path): True}
    world.owner.delete(url(plan, "context"), {"ids": ids}, status=200)


def files(world: World, plan: Plan) -> dict[str, str]:
    state = world.owner.get(url(plan, "current_plan")).json
    return state["currentPlanFiles"]["files"]  # type: ignore[no-any-return]  # a JSON answer


def to_build(plan: Plan) -> list[list[str]]:
    """The paths of the operations that are to be built, by description."""
    return [[one.path for one in item.unbuilt] for item in descriptions_of(main_of(plan))]


def test_an_edit_that_still_fits_stays(world: World, plan: Plan) -> None:
    built(plan, [edited("a.py", ("two\n", "2\n"))])
    update(world, plan, "a.py", "zero\n" + BODY)
    assert files(world, plan) == {"a.py": "zero\none\n2\nthree\n"}
    assert to_build(plan) == [[]]


def test_an_edit_that_fits_no_more_is_built_again(world: World, plan: Plan) -> None:
    built(plan, [edited("a.py", ("two\n", "2\n")), edited("b.py", ("two\n", "2\n"))])
    built(plan, [edited("a.py", ("three\n", "3\n"))])
    commits = len(branch_log(main_of(plan)))

    update(world, plan, "a.py", "other\n")

    assert files(world, plan) == {"b.py": "one\n2\nthree\n"}
    assert to_build(plan) == [["a.py"], ["a.py"]]
    shown = world.owner.get(url(plan, "current_plan")).json["convoMessageDescriptions"]
    assert [one["buildPathsInvalidated"] for one in shown] == [{"a.py": True}] * 2
    assert len(branch_log(main_of(plan))) == commits + 1
    assert [result.path for result in results_of(main_of(plan))] == ["b.py"]


def test_a_file_that_leaves_the_context(world: World, plan: Plan) -> None:
    built(plan, [edited("a.py", ("two\n", "2\n")), removed("b.py")])
    delete(world, plan, "a.py")
    delete(world, plan, "b.py")
    state = world.owner.get(url(plan, "current_plan"), status=200).json
    assert state["currentPlanFiles"]["removedByPath"] == {"b.py": True}
    assert to_build(plan) == [["a.py"]]


def test_an_edit_of_an_empty_file_needs_it_too(world: World, plan: Plan) -> None:
    loaded(plan, {"empty.py": ""})
    built(plan, [edited("empty.py", ("", "text\n"))])
    delete(world, plan, "empty.py")
    assert files(world, plan) == {}
    assert to_build(plan) == [["empty.py"]]


@pytest.mark.parametrize(
    "results",
    [
        pytest.param([made("new.py", "pending\n")], id="new file"),
        pytest.param([made("new.py", "x\n"), edited("new.py", ("x", "pending"))], id="edited"),
        pytest.param([removed("new.py"), made("new.py", "pending\n")], id="removed before"),
    ],
)
def test_a_pending_new_file_stays_in_force(world: World, plan: Plan, results: list[Result]) -> None:
    built(plan, results)
    loaded(plan, {"new.py": "what appeared meanwhile\n"})
    assert files(world, plan) == {"new.py": "pending\n"}
    assert to_build(plan) == [[]]


def test_applied_and_rejected_results_are_left_alone(world: World, plan: Plan) -> None:
    built(plan, [edited("a.py", ("two\n", "2\n"))])
    world.owner.patch(url(plan, "apply"), {})
    built(plan, [edited("a.py", ("three\n", "3\n"))])
    world.owner.patch(url(plan, "reject_all"))
    update(world, plan, "a.py", "other\n")
    assert len(results_of(main_of(plan))) == 2
    assert to_build(plan) == [[], []]


def test_unbuilt_descriptions_stay_unbuilt(world: World, plan: Plan) -> None:
    built(plan, [edited("a.py", ("two\n", "2\n"))])
    built(plan, [], operations=[operation("a.py")], did_build=False)
    update(world, plan, "a.py", "other\n")
    [_, unbuilt] = descriptions_of(main_of(plan))
    assert (unbuilt.did_build, unbuilt.build_paths_invalidated) == (False, {})


def test_a_move_is_built_again_with_the_edit_before_it(world: World, plan: Plan) -> None:
    edit, move = operation("a.py"), operation("a.py", kind="move", destination="c.py")
    results = [edited("a.py", ("two\n", "2\n")), *moved("a.py", "c.py", "one\n2\nthree\n")]
    built(plan, results, operations=[edit, move])
    update(world, plan, "a.py", "other\n")
    assert to_build(plan) == [["a.py", "a.py"]]
    assert files(world, plan) == {"c.py": "one\n2\nthree\n"}


def test_only_files_conflict(world: World, plan: Plan) -> None:
    built(plan, [edited("a.py", ("two\n", "2\n"))])
    tree = {"contextType": "directory tree", "name": "a.py", "file_path": "a.py", "body": "x"}
    world.owner.post(url(plan, "context"), [tree])
    assert files(world, plan) == {"a.py": "one\n2\nthree\n"}


def test_queries_do_not_grow(world: World, plan: Plan) -> None:
    def queries(body: str, paths: list[str]) -> int:
        ids = {item["file_path"]: item["id"] for item in world.owner.get(url(plan, "context")).json}
        changes = {ids[path]: {"body": body} for path in paths}
        with CaptureQueriesContext(connection) as captured:
            world.owner.put(url(plan, "context"), changes, status=200)
        return len(captured)

    built(plan, [edited("a.py", ("two\n", "2\n"))])
    few = queries("x\n", ["a.py"])
    many = {f"f{number}.py": BODY for number in range(20)}
    loaded(plan, many)
    built(plan, [edited(path, ("two\n", "2\n")) for path in many])
    assert queries("x\n", list(many)) == few
    assert to_build(plan)[1] == list(many)


def test_an_edit_is_carried_over_to_where_its_lines_are_now(world: World, plan: Plan) -> None:
    built(plan, [edited("a.py", ("one\n", "1\n"), ("two\n", "2\n"))])
    update(world, plan, "a.py", "two\nx\n" + BODY)
    assert files(world, plan) == {"a.py": "two\nx\n1\n2\nthree\n"}
    assert to_build(plan) == [[]]


def test_an_edit_that_the_new_body_has_already_is_done(world: World, plan: Plan) -> None:
    built(plan, [edited("a.py", ("two\n", "2\n"))])
    update(world, plan, "a.py", BODY.replace("two", "2"))
    assert files(world, plan) == {}
    assert results_of(main_of(plan)) == []
    assert to_build(plan) == [[]]
