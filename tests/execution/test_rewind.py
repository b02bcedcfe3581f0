"""PATCH rewind."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from execution.models import Run, RunKind
from plandex_server.db import now
from plans.models import Branch, Plan
from plans.selectors import branch_log
from tests.execution.pending_states import built, edited, loaded, made
from tests.factories import World
from tests.plans.factories import main_of, plan_make, user_of
from tests.wire.logs import log_entries


@pytest.fixture
def plan(world: World) -> Plan:
    """With a load, a build and an apply."""
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    loaded(plan, {"a.py": "one\n"})
    built(plan, [edited("a.py", ("one", "one two three")), made("b.py", "new\n")])
    world.owner.patch(f"/plans/{plan.id}/main/apply", {})
    return plan


def url(plan: Plan, what: str = "rewind") -> str:
    return f"/plans/{plan.id}/main/{what}"


def shas(world: World, plan: Plan) -> list[str]:
    return world.owner.get(url(plan, "logs")).json["shas"]  # type: ignore[no-any-return]  # JSON


def bodies(state: dict[str, dict[str, dict[str, str]]]) -> dict[str, str]:
    return {path: context["body"] for path, context in state["contextsByPath"].items()}


def test_it_works(world: World, plan: Plan) -> None:
    [_, pending, first] = shas(world, plan)
    preview = world.owner.get(f"/plans/{plan.id}/current_plan/{pending}").json

    got = world.owner.patch(url(plan), {"sha": pending}, status=200).json

    assert got["latestSha"] == pending
    [entry] = log_entries(got["latestCommit"])
    assert (entry.sha, entry.title) == (pending, "🏗️  Build pending changes")
    assert shas(world, plan) == [pending, first]
    state = world.owner.get(url(plan, "current_plan")).json
    assert state == preview
    assert state["planApplies"] == []
    assert bodies(state) == {"a.py": "one\n"}
    assert state["currentPlanFiles"]["files"] == {"a.py": "one two three\n", "b.py": "new\n"}
    [listed] = world.owner.get(f"/plans/{plan.id}/branches").json
    assert listed["contextTokens"] == 2


def test_a_full_sha_and_the_head_itself(world: World, plan: Plan) -> None:
    full = [entry.sha for entry in branch_log(main_of(plan))]
    assert world.owner.patch(url(plan), {"sha": full[0]}).json["latestSha"] == full[0][:8]
    assert len(shas(world, plan)) == 3
    world.owner.patch(url(plan), {"sha": full[2].upper()})
    assert shas(world, plan) == [full[2][:8]]


def test_an_apply_can_be_done_again(world: World, plan: Plan) -> None:
    [applied, pending, _] = shas(world, plan)
    world.owner.patch(url(plan), {"sha": pending})
    world.owner.patch(url(plan, "apply"), {})
    state = world.owner.get(url(plan, "current_plan")).json
    assert bodies(state) == {"a.py": "one two three\n", "b.py": "new\n"}
    # What was left behind can still be previewed, but is no history of the branch any more.
    world.owner.get(f"/plans/{plan.id}/current_plan/{applied}", status=200)
    if applied not in shas(world, plan):
        world.owner.patch(url(plan), {"sha": applied}, status=404)


def test_which_applies_a_rewind_undoes(world: World, plan: Plan) -> None:
    """The CLI counts an apply as undone if it is not before the target's time, in seconds."""
    applied_at = world.owner.get(url(plan, "current_plan")).json["planApplies"][0]["createdAt"]
    times = {entry.sha[:8]: entry.created_at for entry in branch_log(main_of(plan))}
    [applied, pending, _] = shas(world, plan)

    def undone(sha: str) -> bool:
        return bool(applied_at >= times[sha].strftime("%Y-%m-%dT%H:%M:%S"))

    assert undone(pending)
    assert not undone(applied)


@pytest.mark.parametrize(
    ("sha", "status"),
    [
        ("", 404),
        ("main", 404),
        ("HEAD~1", 404),
        ("--hard", 404),
        ("abc", 404),
        ("0" * 40, 404),
        ("0" * 65, 404),
        ("abcd\0", 404),
        (5, 400),
    ],
)
def test_what_is_no_revision(world: World, plan: Plan, sha: object, status: int) -> None:
    before = shas(world, plan)
    world.owner.patch(url(plan), {"sha": sha}, status=status)
    assert shas(world, plan) == before


def test_only_into_the_branch_s_own_history(world: World, plan: Plan) -> None:
    world.owner.post(f"/plans/{plan.id}/main/branches", {"name": "side"})
    loaded(plan, {"c.py": "c\n"})
    [newest, *shared] = shas(world, plan)
    path = f"/plans/{plan.id}/side/rewind"
    world.owner.patch(path, {"sha": newest}, status=404)
    world.owner.patch(path, {"sha": shared[1]}, status=200)
    assert shas(world, plan) == [newest, *shared]
    side = Branch.objects.select_related("head").get(plan=plan, name="side")
    assert [entry.sha[:8] for entry in branch_log(side)] == shared[1:]


def test_bad_requests(world: World, plan: Plan) -> None:
    world.owner.patch(url(plan), b"", status=400)
    world.owner.patch(url(plan), b"{", status=400)
    world.owner.patch(f"/plans/{plan.id}/none/rewind", {"sha": "abcd"}, status=404)
    empty = plan_make(project=world.project, owner=user_of(world.owner), name="empty")
    world.owner.patch(url(empty), {"sha": "abcd"}, status=404)


def test_not_while_a_run_is_active(world: World, plan: Plan) -> None:
    [newest, pending, _] = shas(world, plan)
    Run.objects.create(
        plan=plan, branch=main_of(plan), user_id=plan.owner_id, kind=RunKind.TELL, request=b""
    )
    refused = world.owner.patch(url(plan), {"sha": pending}, status=409).text
    assert refused.startswith("The plan is running on branch main")
    assert shas(world, plan)[0] == newest
    Run.objects.update(finished_at=now())
    world.owner.patch(url(plan), {"sha": pending}, status=200)


def test_access(world: World, plan: Plan) -> None:
    sha = shas(world, plan)[1]
    world.member.patch(url(plan), {"sha": sha}, status=404)
    world.stranger.patch(url(plan), {"sha": sha}, status=404)
    assert len(shas(world, plan)) == 3


def test_queries_do_not_grow(world: World, plan: Plan) -> None:
    def queries() -> int:
        sha = shas(world, plan)[1]
        with CaptureQueriesContext(connection) as captured:
            world.owner.patch(url(plan), {"sha": sha}, status=200)
        return len(captured)

    few = queries()
    for number in range(10):
        loaded(plan, {f"f{number}.py": "f\n"})
    assert queries() == few
    assert few <= 17
