"""Listing, making and deleting branches, and the branches a client is on."""

import pytest

from plandex_server.db import now
from plans.logic.versions import Kind
from plans.models import Branch, Plan, PlanStatus
from plans.services.branches import branch_status_set
from plans.services.versions import branch_write, revision_head
from tests.factories import World, project_make
from tests.plans.factories import main_of, plan_make, user_of

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def plan(world: World) -> Plan:
    return plan_make(project=world.project, owner=user_of(world.owner), name="example")


def write(branch: Branch, content: str) -> None:
    with branch_write(branch) as draft:
        draft.put(Kind.CONTEXT, "file", content.encode())
        draft.context_tokens += 1
        draft.convo_tokens += 2
        draft.message = content


def named(plan: Plan, name: str) -> Branch:
    return Branch.objects.select_related("head").get(plan=plan, name=name)


def names(world: World, plan: Plan) -> list[str]:
    return [branch["name"] for branch in world.owner.get(f"/plans/{plan.id}/branches").json]


def test_it_works(world: World, plan: Plan) -> None:
    write(main_of(plan), "one")
    made = world.owner.post(f"/plans/{plan.id}/main/branches", {"name": "side"}, status=201).json
    main, side = world.owner.get(f"/plans/{plan.id}/branches").json
    assert side == made
    assert (main["name"], side["name"]) == ("main", "side")
    assert (side["parent"], side["parentBranchId"]) == ("main", main["id"])
    assert main["parent"] is None
    assert side["sha"] == main["sha"] == revision_head(main_of(plan)).sha
    assert (side["contextTokens"], side["convoTokens"]) == (1, 2)
    assert (side["status"], side["error"]) == ("draft", None)
    assert side["planId"] == plan.id


def test_a_branch_starts_at_its_parent_not_at_main(world: World, plan: Plan) -> None:
    write(main_of(plan), "main")
    world.owner.post(f"/plans/{plan.id}/main/branches", {"name": "side"})
    write(named(plan, "side"), "side")
    world.owner.post(f"/plans/{plan.id}/side/branches", {"name": "side2"})
    assert revision_head(named(plan, "side2")).read(Kind.CONTEXT, "file") == b"side"
    assert named(plan, "side2").convo_tokens == 4
    write(named(plan, "side2"), "other")
    assert revision_head(named(plan, "side")).read(Kind.CONTEXT, "file") == b"side"
    assert revision_head(main_of(plan)).read(Kind.CONTEXT, "file") == b"main"


def test_a_plan_without_history_can_be_branched(world: World, plan: Plan) -> None:
    world.owner.post(f"/plans/{plan.id}/main/branches", {"name": "side"}, status=201)
    assert names(world, plan) == ["main", "side"]
    assert world.owner.get(f"/plans/{plan.id}/side/convo").json == []
    write(named(plan, "side"), "first")
    write(main_of(plan), "second")
    assert revision_head(named(plan, "side")).read(Kind.CONTEXT, "file") == b"first"


def test_names_are_used_once(world: World, plan: Plan) -> None:
    path = f"/plans/{plan.id}/main/branches"
    assert "already exists" in world.owner.post(path, {"name": "main"}, status=409).text
    world.owner.post(path, {"name": "a"}, status=201)
    world.owner.post(path, {"name": "a"}, status=409)
    world.owner.post(path, {"name": "A"}, status=201)
    other = plan_make(project=world.project, owner=user_of(world.owner))
    world.owner.post(f"/plans/{other.id}/main/branches", {"name": "a"}, status=201)


@pytest.mark.parametrize("name", ["", "a/b", "a b", "-a", "..", "HEAD", "branches", "a\0b", "a%20"])
def test_names_that_no_address_can_hold_are_refused(world: World, plan: Plan, name: str) -> None:
    world.owner.post(f"/plans/{plan.id}/main/branches", {"name": name}, status=400)
    assert names(world, plan) == ["main"]


@pytest.mark.parametrize("name", ["convo", "logs", "settings", "plans", "ä", "a'b;--", "{x}"])
def test_names_that_look_like_paths_work(world: World, plan: Plan, name: str) -> None:
    world.owner.post(f"/plans/{plan.id}/main/branches", {"name": name}, status=201)
    assert world.owner.get(f"/plans/{plan.id}/{name}/convo").json == []
    world.owner.delete(f"/plans/{plan.id}/branches/{name}", status=204)
    assert names(world, plan) == ["main"]


def test_bad_requests(world: World, plan: Plan) -> None:
    assert "parsing" in world.owner.post(f"/plans/{plan.id}/main/branches", b"[", status=400).text
    world.owner.post(f"/plans/{plan.id}/none/branches", {"name": "x"}, status=404)
    world.owner.post(f"/plans/{UNKNOWN}/main/branches", {"name": "x"}, status=404)
    world.owner.post(f"/plans/{plan.id}/%00/branches", {"name": "x"}, status=404)


def test_a_deleted_branch_is_gone_and_its_name_free(world: World, plan: Plan) -> None:
    path = f"/plans/{plan.id}"
    world.owner.post(f"{path}/main/branches", {"name": "side"})
    write(named(plan, "side"), "side")
    world.owner.post(f"{path}/side/branches", {"name": "child"})
    assert world.owner.delete(f"{path}/branches/side", status=204).body == b""
    [_, child] = world.owner.get(f"{path}/branches").json
    assert (child["name"], child["parent"], child["parentBranchId"]) == ("child", None, None)
    assert revision_head(named(plan, "child")).read(Kind.CONTEXT, "file") == b"side"
    world.owner.get(f"{path}/side/convo", status=404)
    world.owner.delete(f"{path}/branches/side", status=404)
    world.owner.post(f"{path}/main/branches", {"name": "side"}, status=201)
    assert world.owner.get(path).json["activeBranches"] == 3


def test_main_stays(world: World, plan: Plan) -> None:
    reply = world.owner.delete(f"/plans/{plan.id}/branches/main", status=400)
    assert reply.text == "Cannot delete main branch\n"


def test_who_may_change_branches(world: World, plan: Plan) -> None:
    path = f"/plans/{plan.id}"
    for client in (world.member, world.stranger):
        client.get(f"{path}/branches", status=404)
        client.post(f"{path}/main/branches", {"name": "x"}, status=404)
        client.delete(f"{path}/branches/main", status=404)
    Plan.objects.update(shared_with_org_at=now())
    world.member.get(f"{path}/branches")
    world.member.post(f"{path}/main/branches", {"name": "x"}, status=403)
    made = world.admin.post(f"{path}/main/branches", {"name": "x"}, status=201).json
    assert made["ownerId"] == world.admin.user_id
    world.member.delete(f"{path}/branches/x", status=403)
    world.admin.delete(f"{path}/branches/x", status=204)
    world.stranger.get(f"{path}/branches", status=404)


def test_a_status_is_set(world: World, plan: Plan) -> None:
    assert branch_status_set(main_of(plan).id, PlanStatus.ERROR, "no credit")
    [main] = world.owner.get(f"/plans/{plan.id}/branches").json
    assert (main["status"], main["error"]) == ("error", "no credit")
    assert branch_status_set(main["id"], PlanStatus.FINISHED)
    [main] = world.owner.get(f"/plans/{plan.id}/branches").json
    assert (main["status"], main["error"]) == ("finished", None)
    assert not branch_status_set(UNKNOWN, PlanStatus.FINISHED)


def current(world: World, wanted: dict[str, str]) -> dict[str, str]:
    path = f"/projects/{world.project.id}/plans/current_branches"
    found = world.owner.post(path, {"currentBranchByPlanId": wanted}, status=200).json
    return {plan_id: branch["name"] for plan_id, branch in found.items()}


def test_every_plan_asked_for_has_a_current_branch(world: World, plan: Plan) -> None:
    second = plan_make(project=world.project, owner=user_of(world.owner), name="second")
    world.owner.post(f"/plans/{plan.id}/main/branches", {"name": "side"})
    world.owner.patch(f"/plans/{second.id}/archive")
    assert current(world, {plan.id: "side", second.id: "side"}) == {
        plan.id: "side",
        second.id: "main",
    }
    assert current(world, {plan.id: "main"}) == {plan.id: "main"}
    world.owner.delete(f"/plans/{plan.id}/branches/side")
    assert current(world, {plan.id: "side", second.id: "a\0"}) == {
        plan.id: "main",
        second.id: "main",
    }
    assert current(world, {}) == {}


def test_plans_out_of_reach_have_no_current_branch(world: World, plan: Plan) -> None:
    elsewhere = plan_make(project=project_make(org=world.org), owner=user_of(world.owner))
    theirs = plan_make(project=world.project, owner=user_of(world.member))
    wanted = {plan.id: "main", elsewhere.id: "main", theirs.id: "main", "nonsense\0": "main"}
    path = f"/projects/{world.project.id}/plans/current_branches"
    # not the CLI's client: that one asks for its user's plans only
    found = world.owner.api.post(path, {"currentBranchByPlanId": wanted}).json
    assert list(found) == [plan.id]
    world.stranger.post(path, {"currentBranchByPlanId": {plan.id: "main"}}, status=404)
    world.owner.post(path, {"currentBranchByPlanId": [plan.id]}, status=400)
    too_many = {f"plan-{number}": "main" for number in range(10_001)}
    world.owner.api.post(path, {"currentBranchByPlanId": too_many}, status=400)
    assert world.owner.api.post(path, {"currentBranchByPlanId": None}).json == {}
