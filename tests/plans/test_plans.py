"""Making, listing, naming, archiving and deleting plans."""

from datetime import timedelta

import pytest

from accounts.models import User
from orgs.models import Membership
from plandex_server.db import now
from plans.logic.versions import Kind
from plans.models import Branch, Commit, Plan, PlanObject
from plans.services.plans import plan_autoname, plan_replied
from plans.services.versions import branch_write
from projects.models import CurrentPlan
from tests.factories import World, client_make, member_make, project_make, world_make
from tests.plans.factories import main_of, plan_make, user_of
from tests.wire.client import StrictClient

UNKNOWN = "00000000-0000-4000-8000-000000000000"
UNREACHABLE = [UNKNOWN, "not-a-uuid", "%00", "archive2"]


def create(client: StrictClient, world: World, name: str = "") -> dict[str, str]:
    path = f"/projects/{world.project.id}/plans"
    made: dict[str, str] = client.post(path, {"name": name}, status=201).json
    return made


def names(client: StrictClient, world: World, path: str = "/plans") -> list[str]:
    listed = client.get(f"{path}?projectId={world.project.id}").json
    return [plan["name"] for plan in listed]


def test_it_works(world: World) -> None:
    made = create(world.owner, world, "first")
    [plan] = world.owner.get(f"/plans?projectId={world.project.id}").json
    assert plan["id"] == made["id"]
    assert plan == world.owner.get(f"/plans/{made['id']}").json
    assert plan["name"] == "first"
    assert plan["ownerId"] == world.owner.user_id
    assert plan["activeBranches"] == 1
    assert plan["currentBranch"] == "main"
    assert plan["archivedAt"] is None
    assert (plan["contextTokens"], plan["convoTokens"], plan["totalReplies"]) == (0, 0, 0)
    assert plan["planConfig"]["autoMode"] == "semi"


def test_a_plan_without_a_name_is_the_one_draft(world: World) -> None:
    first = create(world.owner, world)
    second = create(world.owner, world, "draft")
    assert (first["name"], second["name"]) == ("draft", "draft")
    world.owner.get(f"/plans/{first['id']}", status=404)
    assert names(world.owner, world) == ["draft"]


def test_a_new_draft_spares_archived_ones_and_those_of_others(world: World) -> None:
    archived = create(world.owner, world)
    world.owner.patch(f"/plans/{archived['id']}/archive")
    others = create(world.member, world)
    elsewhere = plan_make(
        project=project_make(org=world.org), owner=user_of(world.owner), name="draft"
    )
    create(world.owner, world)
    assert {archived["id"], others["id"], elsewhere.id} <= set(
        Plan.objects.values_list("id", flat=True)
    )


def test_taken_names_get_a_number(world: World) -> None:
    assert [create(world.owner, world, "a_b")["name"] for _ in range(3)] == [
        "a_b",
        "a_b.2",
        "a_b.3",
    ]
    assert create(world.owner, world, "axb")["name"] == "axb"
    assert create(world.member, world, "a_b")["name"] == "a_b"


def test_a_long_name_is_cut_for_its_number(world: World) -> None:
    name = "x" * 255
    assert [create(world.owner, world, name)["name"] for _ in range(3)] == [
        name,
        "x" * 253 + ".2",
        "x" * 253 + ".3",
    ]


def test_archived_names_are_taken(world: World) -> None:
    made = create(world.owner, world, "one")
    world.owner.patch(f"/plans/{made['id']}/archive")
    assert create(world.owner, world, "one")["name"] == "one.2"


def test_bad_requests_to_create(world: World) -> None:
    path = f"/projects/{world.project.id}/plans"
    assert "parsing request body" in world.owner.post(path, b"{", status=400).text
    world.owner.post(path, {"name": 5}, status=400)
    world.owner.post(path, {"name": "x" * 256}, status=400)
    world.owner.post(path, {"name": "a\0b"}, status=400)
    world.owner.post(path, b'{"name": "\\ud800"}', status=400)
    world.owner.post(f"/projects/{UNKNOWN}/plans", {"name": "x"}, status=404)
    world.stranger.post(path, {"name": "x"}, status=404)
    assert not Plan.objects.exists()


def test_a_list_shows_the_plans_of_the_named_projects(world: World) -> None:
    other = project_make(org=world.org)
    create(world.owner, world, "here")
    plan_make(project=other, owner=user_of(world.owner), name="there")
    assert names(world.owner, world) == ["here"]
    both = f"/plans?projectId={world.project.id}&projectId={other.id}&projectId=nonsense%00"
    assert {plan["name"] for plan in world.owner.get(both).json} == {"here", "there"}
    assert world.owner.get(f"/plans?projectId={UNKNOWN}").json == []


def test_without_a_project_the_dialects_differ(world: World) -> None:
    create(world.owner, world, "mine")
    assert world.owner.get("/plans").json == []
    assert [plan["name"] for plan in world.owner.api.get("/plans").json] == ["mine"]
    assert world.member.api.get("/plans").json == []
    assert world.owner.api.get("/plans/archive").json == []


def test_the_last_changed_plan_comes_first(world: World) -> None:
    first, second = create(world.owner, world, "first"), create(world.owner, world, "second")
    assert names(world.owner, world) == ["second", "first"]
    world.owner.patch(f"/plans/{first['id']}/rename", {"name": "renamed"})
    assert names(world.owner, world) == ["renamed", "second"]
    plan_replied(second["id"])
    assert names(world.owner, world) == ["second", "renamed"]
    world.owner.put(f"/plans/{first['id']}/config", {"config": None})
    assert names(world.owner, world) == ["renamed", "second"]
    world.owner.post(f"/plans/{second['id']}/main/branches", {"name": "b"})
    assert names(world.owner, world) == ["second", "renamed"]
    assert world.owner.get(f"/plans/{second['id']}").json["totalReplies"] == 1


def test_plans_of_the_same_moment_keep_their_order(world: World) -> None:
    moment = now()
    for number in range(5):
        create(world.owner, world, f"p{number}")
    Plan.objects.update(updated_at=moment)
    orders = {tuple(names(world.owner, world)) for _ in range(3)}
    assert len(orders) == 1


def test_a_plan_tells_the_tokens_of_its_current_branch(world: World) -> None:
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    with branch_write(main_of(plan)) as draft:
        draft.put(Kind.CONTEXT, "a", b"1")
        draft.context_tokens, draft.convo_tokens, draft.message = 7, 9, "loaded"
    world.owner.post(f"/plans/{plan.id}/main/branches", {"name": "side"})
    with branch_write(main_of(plan)) as draft:
        draft.put(Kind.CONTEXT, "a", b"2")
        draft.context_tokens, draft.message = 8, "updated"
    CurrentPlan.objects.create(
        project=world.project, user_id=world.owner.user_id, plan=plan, branch="side"
    )

    shown = world.owner.get(f"/plans/{plan.id}").json
    assert shown["currentBranch"] == "side"
    assert (shown["contextTokens"], shown["convoTokens"], shown["activeBranches"]) == (7, 9, 2)
    world.owner.delete(f"/plans/{plan.id}/branches/side", status=204)
    shown = world.owner.get(f"/plans/{plan.id}").json
    assert (shown["currentBranch"], shown["contextTokens"]) == ("main", 8)


def test_plans_are_their_owners(world: World) -> None:
    made = create(world.owner, world, "mine")
    assert names(world.member, world) == []
    for client in (world.member, world.admin, world.stranger):
        client.get(f"/plans/{made['id']}", status=404)
        client.delete(f"/plans/{made['id']}", status=404)
        client.patch(f"/plans/{made['id']}/rename", {"name": "x"}, status=404)
        client.patch(f"/plans/{made['id']}/archive", status=404)
        client.get(f"/plans/{made['id']}/config", status=404)


def test_a_shared_plan_is_seen_by_the_org_and_changed_by_who_may(world: World) -> None:
    made = create(world.owner, world, "ours")
    Plan.objects.update(shared_with_org_at=now())
    assert names(world.member, world) == ["ours"]
    shown = world.member.get(f"/plans/{made['id']}").json
    assert shown["sharedWithOrgAt"]
    path = f"/plans/{made['id']}"
    assert "owner" in world.member.patch(f"{path}/rename", {"name": "x"}, status=403).text
    world.member.patch(f"{path}/archive", status=403)
    world.member.put(f"{path}/config", {"config": None}, status=403)
    world.member.delete(path, status=403)
    world.stranger.get(path, status=404)
    world.admin.patch(f"{path}/rename", {"name": "better"}, status=200)
    world.admin.put(f"{path}/config", {"config": None}, status=200)
    world.admin.patch(f"{path}/archive", status=200)
    world.admin.patch(f"{path}/unarchive", status=200)
    world.admin.delete(path, status=204)


def test_the_plans_of_who_left_are_in_reach_of_admins(world: World) -> None:
    left = create(world.member, world, "left behind")
    path = f"/plans/{left['id']}"
    world.admin.get(path, status=404)
    Membership.objects.filter(user_id=world.member.user_id).delete()
    world.member.get(path, status=401)
    member_make(org=world.org)
    world.admin.get(path, status=200)
    world.admin.get(f"{path}/branches", status=200)
    world.admin.get(f"{path}/main/convo", status=200)
    client_make(member_make(org=world.org).user, world.org).get(path, status=404)
    world.stranger.get(path, status=404)
    asked = {"currentBranchByPlanId": {left["id"]: "main"}}
    current = f"/projects/{world.project.id}/plans/current_branches"
    assert list(world.admin.post(current, asked).json) == [left["id"]]
    world.admin.delete(path, status=204)


@pytest.mark.parametrize("plan_id", UNREACHABLE)
def test_what_is_no_plan_is_not_found(world: World, plan_id: str) -> None:
    for path in ("", "/config", "/branches", "/main/convo", "/main/logs", "/main/settings"):
        world.owner.get(f"/plans/{plan_id}{path}", status=404)
    world.owner.delete(f"/plans/{plan_id}", status=404)
    world.owner.patch(f"/plans/{plan_id}/rename", {"name": "x"}, status=404)


def test_an_upper_case_id_is_the_same_plan(world: World) -> None:
    made = create(world.owner, world, "one")
    assert world.owner.get(f"/plans/{made['id'].upper()}").json["id"] == made["id"]


def test_rename(world: World) -> None:
    made = create(world.owner, world, "one")
    create(world.owner, world, "two")
    reply = world.owner.patch(f"/plans/{made['id']}/rename", {"name": "two"}, status=200)
    assert reply.body == b""
    assert names(world.owner, world) == ["two", "two"]
    empty = world.owner.patch(f"/plans/{made['id']}/rename", {"name": ""}, status=400)
    assert "cannot be empty" in empty.text
    world.owner.patch(f"/plans/{made['id']}/rename", {"name": "x" * 256}, status=400)


def test_archive_and_unarchive(world: World) -> None:
    made = create(world.owner, world, "one")
    path = f"/plans/{made['id']}"
    assert "isn't archived" in world.owner.patch(f"{path}/unarchive", status=400).text
    world.owner.patch(f"{path}/archive", status=200)
    assert "already archived" in world.owner.patch(f"{path}/archive", status=400).text
    assert names(world.owner, world) == []
    assert names(world.owner, world, "/plans/archive") == ["one"]
    assert world.owner.get(path).json["archivedAt"]
    world.owner.patch(f"{path}/unarchive", status=200)
    assert names(world.owner, world) == ["one"]
    assert names(world.owner, world, "/plans/archive") == []


def with_history(world: World, name: str = "full") -> Plan:
    plan = plan_make(project=world.project, owner=user_of(world.owner), name=name)
    for number in range(3):
        with branch_write(main_of(plan)) as draft:
            draft.put(Kind.CONTEXT, "a", f"{number}".encode())
            draft.message = f"n {number}"
    world.owner.post(f"/plans/{plan.id}/main/branches", {"name": "side"})
    CurrentPlan.objects.update_or_create(
        project=world.project,
        user_id=world.owner.user_id,
        defaults={"plan": plan, "branch": "side"},
    )
    return plan


def nothing_is_left() -> bool:
    return not any(model.objects.exists() for model in (Plan, Branch, Commit, PlanObject))


@pytest.mark.django_db(transaction=True)
def test_a_plan_is_deleted_with_its_history() -> None:
    world = world_make()
    plan = with_history(world)
    reply = world.owner.delete(f"/plans/{plan.id}", status=204)
    assert reply.body == b""
    assert nothing_is_left()
    assert not CurrentPlan.objects.exists()
    world.owner.delete(f"/plans/{plan.id}", status=404)


@pytest.mark.django_db(transaction=True)
def test_projects_and_orgs_take_their_plans_with_them() -> None:
    world = world_make()
    with_history(world)
    world.project.delete()
    assert nothing_is_left()
    world.project.save(force_insert=True)
    with_history(world)
    world.org.delete()
    assert nothing_is_left()


def test_all_plans_of_a_project_are_deleted_but_those_of_others(world: World) -> None:
    with_history(world)
    archived = create(world.owner, world, "old")
    world.owner.patch(f"/plans/{archived['id']}/archive")
    kept = create(world.member, world, "theirs")
    path = f"/projects/{world.project.id}/plans"
    assert world.owner.delete(path, status=204).body == b""
    assert list(Plan.objects.values_list("id", flat=True)) == [kept["id"]]
    world.owner.delete(path, status=204)
    world.owner.delete(f"/projects/{UNKNOWN}/plans", status=404)
    world.stranger.delete(path, status=404)


def test_a_draft_is_named_after_its_first_prompt_and_counted(world: World) -> None:
    create(world.owner, world, "add-tests")
    draft = Plan.objects.get(id=create(world.owner, world)["id"])
    assert plan_autoname(plan=draft, name="add-tests") == "add-tests.2"
    assert User.objects.get(id=world.owner.user_id).num_non_draft_plans == 1
    assert plan_autoname(plan=draft, name="another") == "add-tests.2"
    assert User.objects.get(id=world.owner.user_id).num_non_draft_plans == 1


def test_a_name_that_is_none_leaves_the_draft(world: World) -> None:
    draft = Plan.objects.get(id=create(world.owner, world)["id"])
    assert plan_autoname(plan=draft, name="") == "draft"


def test_times_are_rfc_3339(world: World) -> None:
    made = create(world.owner, world, "one")
    moment = now() - timedelta(days=1)
    Plan.objects.update(created_at=moment)
    shown = world.owner.get(f"/plans/{made['id']}").json
    assert shown["createdAt"] == moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
