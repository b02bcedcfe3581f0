"""GET current_plan, of a branch and at a sha."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from execution.logic.changes import APPLY_SCRIPT
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
from tests.plans.factories import main_of


def url(plan: Plan) -> str:
    return f"/plans/{plan.id}/main/current_plan"


def test_it_works(world: World, plan: Plan) -> None:
    loaded(plan, {"a.py": "one\ntwo\n"})
    result = edited("a.py", ("two\n", "2\n"))
    description = built(plan, [result, made("b.py", "new\n")], commit_msg="Count")
    got = world.owner.get(url(plan), status=200).json

    assert got["currentPlanFiles"]["files"] == {"a.py": "one\n2\n", "b.py": "new\n"}
    assert got["currentPlanFiles"]["removedByPath"] == {}
    assert set(got["currentPlanFiles"]["updatedAtByPath"]) == {"a.py", "b.py"}
    assert got["planResult"]["sortedPaths"] == ["a.py", "b.py"]
    [shown] = got["planResult"]["fileResultsByPath"]["a.py"]
    assert (shown["id"], shown["typeVersion"], shown["content"]) == (result.id, 1, "")
    assert shown["convoMessageId"] == description.convo_message_id
    assert "appliedAt" not in shown and "rejectedAt" not in shown
    [replacement] = shown["replacements"]
    assert (replacement["old"], replacement["new"]) == ("two\n", "2\n")
    assert got["planResult"]["replacementsByPath"]["a.py"] == [replacement]
    assert got["planResult"]["replacementsByPath"]["b.py"] == []
    assert [one["path"] for one in got["planResult"]["results"]] == ["a.py", "b.py"]
    [described] = got["convoMessageDescriptions"]
    assert (described["commitMsg"], described["didBuild"]) == ("Count", True)
    assert described["operations"][0] == {
        "Type": "file",
        "Path": "a.py",
        "Destination": "",
        "Content": "…",
        "Description": "",
        "ReplyBefore": "",
        "NumTokens": 0,
    }
    assert got["contextsByPath"]["a.py"]["body"] == "one\ntwo\n"
    assert got["planApplies"] == []


def test_a_plan_without_anything(world: World, plan: Plan) -> None:
    got = world.owner.get(url(plan)).json
    assert got["currentPlanFiles"] == {"files": {}, "removedByPath": {}, "updatedAtByPath": {}}
    assert got["planResult"]["results"] == []
    world.owner.get(f"/plans/{plan.id}/none/current_plan", status=404)


def test_a_removed_path_is_in_one_place_only(world: World, plan: Plan) -> None:
    loaded(plan, {"a.py": "a\n", "b.py": "b\n"})
    built(plan, [removed("a.py")])
    alone = world.owner.get(url(plan)).json["currentPlanFiles"]
    assert alone["files"] == {APPLY_SCRIPT: ""}
    assert alone["removedByPath"] == {"a.py": True}
    built(plan, moved("b.py", "c.py", "b\n"))
    files = world.owner.get(url(plan)).json["currentPlanFiles"]
    assert files["files"] == {"c.py": "b\n"}
    assert files["removedByPath"] == {"a.py": True, "b.py": True}


def test_a_file_that_comes_back_is_not_removed(world: World, plan: Plan) -> None:
    loaded(plan, {"a.py": "a\n"})
    built(plan, [removed("a.py"), made("a.py", "again\n")])
    files = world.owner.get(url(plan)).json["currentPlanFiles"]
    assert (files["files"], files["removedByPath"]) == ({"a.py": "again\n"}, {})


def test_a_new_file_may_be_empty(world: World, plan: Plan) -> None:
    built(plan, [made("src/__init__.py", "")])
    got = world.owner.get(url(plan)).json
    assert got["currentPlanFiles"]["files"] == {"src/__init__.py": ""}
    assert got["planResult"]["sortedPaths"] == ["src/__init__.py"]


def test_unbuilt_replies_are_told(world: World, plan: Plan) -> None:
    built(plan, [], operations=[operation("a.py")], did_build=False)
    [described] = world.owner.get(url(plan)).json["convoMessageDescriptions"]
    assert (described["didBuild"], described["buildPathsInvalidated"]) == (False, {})


def test_the_later_of_two_contexts_of_a_path_wins(world: World, plan: Plan) -> None:
    path = f"/plans/{plan.id}/main/context"
    for name, body in (("first", "1"), ("second", "2")):
        item = {"contextType": "file", "name": name, "file_path": "a.py", "body": body}
        world.owner.post(path, [item])
    assert world.owner.get(url(plan)).json["contextsByPath"]["a.py"]["body"] == "2"


@pytest.mark.parametrize(
    "results",
    [
        pytest.param([edited("a.py", ("not there", "x"))], id="text is not there"),
        pytest.param([made("../out.py", "x")], id="out of the project"),
    ],
)
def test_what_can_not_be_replayed_is_left_to_be_built_again(
    world: World, plan: Plan, results: list[object]
) -> None:
    loaded(plan, {"a.py": "a\n"})
    [bad] = results
    path = bad.path  # type: ignore[attr-defined]  # pytest knows no type of its parameters
    built(plan, [bad, made("good.py", "good\n")])  # type: ignore[list-item]  # same
    before = main_of(plan).head

    got = world.owner.get(url(plan), status=200).json

    assert got["currentPlanFiles"]["files"] == {"good.py": "good\n"}
    assert got["planResult"]["sortedPaths"] == ["good.py"]
    [described] = got["convoMessageDescriptions"]
    assert described["buildPathsInvalidated"] == {path: True}
    [stored] = descriptions_of(main_of(plan))
    assert [one.path for one in stored.unbuilt] == [path]
    assert [one.path for one in results_of(main_of(plan))] == ["good.py"]
    again = world.owner.get(url(plan)).json
    assert again == got
    head = main_of(plan).head
    assert head is not None and head.parent == before
    assert head.message.startswith("🩹 Dropped pending changes")


def test_any_commit_of_the_plan_can_be_read(world: World, plan: Plan) -> None:
    loaded(plan, {"a.py": "one\n"})
    built(plan, [edited("a.py", ("one", "two"))])
    world.owner.patch(f"/plans/{plan.id}/main/apply", {})
    [newest, pending, first] = world.owner.get(f"/plans/{plan.id}/main/logs").json["shas"]

    def at(sha: str, status: int = 200) -> object:
        return world.owner.get(f"/plans/{plan.id}/current_plan/{sha}", status=status)

    def text_at(sha: str) -> tuple[str, dict[str, str]]:
        got = world.owner.get(f"/plans/{plan.id}/current_plan/{sha}", status=200).json
        return got["contextsByPath"]["a.py"]["body"], got["currentPlanFiles"]["files"]

    assert text_at(first) == ("one\n", {})
    assert text_at(pending) == ("one\n", {"a.py": "two\n"})
    assert text_at(newest) == ("two\n", {})
    full = branch_log(main_of(plan))[0].sha
    assert text_at(full.upper()) == ("two\n", {})
    for bad in ("main", "HEAD~1", "zz", "--all", "0" * 40, "a" * 65):
        at(bad, status=404)
    assert main_of(plan).head is not None and branch_log(main_of(plan))[0].sha == full


def test_a_broken_state_of_the_past_is_shown_without_its_broken_part(
    world: World, plan: Plan
) -> None:
    built(plan, [edited("a.py", ("x", "y")), made("b.py", "b\n")])
    sha = branch_log(main_of(plan))[0].sha
    got = world.owner.get(f"/plans/{plan.id}/current_plan/{sha}").json
    assert got["currentPlanFiles"]["files"] == {"b.py": "b\n"}
    [described] = got["convoMessageDescriptions"]
    assert described["buildPathsInvalidated"] == {"a.py": True}
    assert len(branch_log(main_of(plan))) == 1


def test_access(world: World, plan: Plan) -> None:
    loaded(plan, {"a.py": "a\n"})
    sha = branch_log(main_of(plan))[0].sha
    for path in (url(plan), f"/plans/{plan.id}/current_plan/{sha}", f"/plans/{plan.id}/main/diffs"):
        world.member.get(path, status=404)
        world.stranger.get(path, status=404)


def test_queries_do_not_grow(world: World, plan: Plan) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            world.owner.get(url(plan), status=200)
        return len(captured)

    loaded(plan, {"a.py": "a\n"})
    built(plan, [edited("a.py", ("a", "b"))])
    few = queries()
    loaded(plan, {f"f{number}.py": "f\n" for number in range(20)})
    built(plan, [edited(f"f{number}.py", ("f", "g")) for number in range(20)])
    assert queries() == few
    assert few <= 5
