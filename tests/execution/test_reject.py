"""PATCH reject_all, reject_file and reject_files."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans.models import Plan
from plans.selectors import branch_log
from tests.execution.pending_states import (
    built,
    descriptions_of,
    edited,
    loaded,
    made,
    operation,
    removed,
    results_of,
)
from tests.factories import World
from tests.plans.factories import main_of


def url(plan: Plan, what: str) -> str:
    return f"/plans/{plan.id}/main/{what}"


def files(world: World, plan: Plan) -> dict[str, str]:
    got = world.owner.get(url(plan, "current_plan")).json
    return got["currentPlanFiles"]["files"]  # type: ignore[no-any-return]  # a JSON answer


def newest(plan: Plan) -> str:
    return branch_log(main_of(plan))[0].message


def test_it_works(world: World, plan: Plan) -> None:
    loaded(plan, {"a.py": "a\n"})
    built(plan, [edited("a.py", ("a", "b")), made("b.py", "b\n"), removed("c.py")])
    built(plan, [edited("a.py", ("b", "c"))])
    reply = world.owner.patch(url(plan, "reject_all"), status=200)
    assert reply.body == b""
    got = world.owner.get(url(plan, "current_plan")).json
    assert got["currentPlanFiles"] == {"files": {}, "removedByPath": {}, "updatedAtByPath": {}}
    assert all("rejectedAt" in one for one in got["planResult"]["results"])
    assert len(got["convoMessageDescriptions"]) == 2
    assert newest(plan) == "🚫 Rejected all pending changes"


def test_one_file(world: World, plan: Plan) -> None:
    built(plan, [made("a.py", "a\n"), made("b.py", "b\n")])
    world.owner.patch(url(plan, "reject_file"), {"filePath": "a.py"}, status=200)
    assert files(world, plan) == {"b.py": "b\n"}
    assert newest(plan) == "🚫 Rejected pending changes to file: a.py"


def test_one_result(world: World, plan: Plan) -> None:
    built(plan, [made("a.py", "a\n"), edited("a.py", ("a", "b"))])
    [_, second] = results_of(main_of(plan))
    world.owner.patch(url(plan, "reject_file"), {"filePath": second.id}, status=200)
    assert files(world, plan) == {"a.py": "a\n"}


def test_several_files(world: World, plan: Plan) -> None:
    built(plan, [made(path, "x\n") for path in ("a.py", "b.py", "c.py")])
    world.owner.patch(url(plan, "reject_files"), {"paths": ["a.py", "c.py"]}, status=200)
    assert files(world, plan) == {"b.py": "x\n"}
    assert newest(plan) == "🚫 Rejected pending changes to files:\n • a.py\n • c.py"
    world.owner.patch(url(plan, "reject_files"), {"paths": ["unknown.py", "b.py", "b.py"]})
    assert newest(plan) == "🚫 Rejected pending changes to file:\n • b.py"


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("reject_all", None),
        ("reject_file", {"filePath": "unknown.py"}),
        ("reject_file", {}),
        ("reject_files", {"paths": ["unknown.py", "../out", "", "/etc/passwd", "\n|\n"]}),
        ("reject_files", {"paths": None}),
    ],
)
def test_nothing_to_reject_makes_no_commit(
    world: World, plan: Plan, what: str, body: object
) -> None:
    built(plan, [made("a.py", "a\n")])
    world.owner.patch(url(plan, "apply"), {})
    commits = len(branch_log(main_of(plan)))
    world.owner.patch(url(plan, what), body, status=200)
    assert len(branch_log(main_of(plan))) == commits
    assert results_of(main_of(plan))[0].rejected_at is None


@pytest.mark.parametrize(
    ("what", "body", "left"),
    [
        ("reject_all", None, []),
        ("reject_file", {"filePath": "a.py"}, ["b.py"]),
        ("reject_files", {"paths": ["b.py", "c.py"]}, ["a.py"]),
    ],
)
def test_what_could_not_be_built_is_given_up(
    world: World, plan: Plan, what: str, body: object, left: list[str]
) -> None:
    failed = {"a.py": True, "b.py": True}
    built(plan, [], operations=[operation(path) for path in failed], invalidated=failed)
    world.owner.patch(url(plan, what), body, status=200)
    assert [one.path for one in descriptions_of(main_of(plan))[0].unbuilt] == left
    assert newest(plan).startswith("🚫 Rejected")


def test_unsafe_results_can_be_rejected(world: World, plan: Plan) -> None:
    built(plan, [made("../out.py", "x\n")])
    world.owner.patch(url(plan, "reject_files"), {"paths": ["../out.py"]}, status=200)
    assert results_of(main_of(plan))[0].rejected_at is not None


def test_bad_requests(world: World, plan: Plan) -> None:
    for what in ("reject_file", "reject_files"):
        refused = world.owner.patch(url(plan, what), b"[", status=400)
        assert refused.text.startswith("Error decoding request")
    world.owner.patch(url(plan, "reject_files"), {"paths": "a.py"}, status=400)
    world.owner.patch(f"/plans/{plan.id}/none/reject_all", status=404)


def test_access(world: World, plan: Plan) -> None:
    built(plan, [made("a.py", "a\n")])
    for client in (world.member, world.stranger):
        client.patch(url(plan, "reject_all"), status=404)
        client.patch(url(plan, "reject_file"), {"filePath": "a.py"}, status=404)
        client.patch(url(plan, "reject_files"), {"paths": ["a.py"]}, status=404)
    assert results_of(main_of(plan))[0].is_open


def test_queries_do_not_grow(world: World, plan: Plan) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            world.owner.patch(url(plan, "reject_all"), status=200)
        return len(captured)

    built(plan, [made("a.py", "a\n")])
    few = queries()
    built(plan, [made(f"f{number}.py", "f\n") for number in range(20)])
    assert queries() == few
    assert few <= 16
