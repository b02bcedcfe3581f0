"""Projects, and the plan a user works on in each."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from plandex_server.db import now
from plans.models import Branch, Plan
from projects.models import CurrentPlan, Project
from tests.factories import World, project_make
from tests.wire.client import StrictClient

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def plan_make(world: World, owner: StrictClient, project: Project | None = None) -> Plan:
    user = User.objects.get(pk=owner.user_id)
    plan = Plan.objects.create(
        org=world.org, owner=user, project=project or world.project, name="plan"
    )
    Branch.objects.create(plan=plan, owner=user, name="main")
    return plan


def set_plan_path(project: Project) -> str:
    return f"/projects/{project.id}/set_plan"


def test_it_works(world: World) -> None:
    made = world.member.post("/projects", {"name": "my code"}, status=201).json
    listed = world.owner.get("/projects").json
    assert [row["name"] for row in listed] == ["example-project", "my code"]
    assert listed[1] == made
    assert made["orgId"] == world.org.id
    assert world.owner.api.get("/projects").json == listed


@pytest.mark.parametrize("name", ["", " ", None, "x" * 256, "a\nb", "a\x00b", 7, ["a"]])
def test_names_that_are_refused(world: World, name: object) -> None:
    for client in (world.owner, world.owner.api):
        client.post("/projects", {"name": name}, status=400)
        client.put(f"/projects/{world.project.id}/rename", {"name": name}, status=400)
    assert Project.objects.get().name == "example-project"


def test_names_may_repeat(world: World) -> None:
    world.member.post("/projects", {"name": "example-project"}, status=201)
    assert Project.objects.count() == 2


def test_another_orgs_projects_are_out_of_reach(world: World) -> None:
    assert world.stranger.get("/projects").json == []
    for client in (world.stranger, world.stranger.api):
        client.put(f"/projects/{world.project.id}/rename", {"name": "b"}, status=404)
        client.put(set_plan_path(world.project), {"planId": UNKNOWN}, status=404)


def test_the_list_takes_two_queries(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(4):
        project_make(org=world.org)
    with django_assert_num_queries(2):
        assert len(world.owner.get("/projects").json) == 5


def test_who_may_rename(world: World) -> None:
    path = f"/projects/{world.project.id}/rename"
    for client in (world.owner, world.admin, world.admin.api):
        client.put(path, {"name": f"by {client.user_id[:4]}"}, status=200)
    world.member.put(path, {"name": "by member"}, status=403)
    world.member.api.put(path, {"name": "by member"}, status=403)
    world.owner.put(f"/projects/{UNKNOWN}/rename", {"name": "x"}, status=404)
    world.owner.put("/projects/nonsense/rename", {"name": "x"}, status=404)
    assert Project.objects.get().name == f"by {world.admin.user_id[:4]}"


def test_the_current_plan_is_kept_per_user(world: World) -> None:
    first, second = plan_make(world, world.member), plan_make(world, world.member)
    others = plan_make(world, world.owner)
    world.member.put(set_plan_path(world.project), {"planId": first.id}, status=200)
    world.member.api.put(set_plan_path(world.project), {"planId": second.id}, status=200)
    world.owner.put(set_plan_path(world.project), {"planId": others.id}, status=200)
    kept = CurrentPlan.objects.values_list("user_id", "plan_id", "branch")
    assert set(kept) == {
        (world.member.user_id, second.id, "main"),
        (world.owner.user_id, others.id, "main"),
    }


def test_a_branch_may_be_named_with_it(world: World) -> None:
    plan = plan_make(world, world.member)
    body = {"planId": plan.id, "branch": "try"}
    world.member.put(set_plan_path(world.project), body, status=404)
    world.member.put(set_plan_path(world.project), body | {"branch": "t\0ry"}, status=400)
    Branch.objects.create(plan=plan, owner=plan.owner, name="try")
    world.member.put(set_plan_path(world.project), body, status=200)
    assert CurrentPlan.objects.get().branch == "try"


def test_plans_that_can_not_be_current(world: World) -> None:
    path = set_plan_path(world.project)
    elsewhere = plan_make(world, world.member, project_make(org=world.org))
    foreign = plan_make(world, world.owner)
    for plan_id in (elsewhere.id, foreign.id, UNKNOWN, "nonsense"):
        world.member.put(path, {"planId": plan_id}, status=404)
    world.member.put(path, {"planId": ""}, status=400)
    world.member.put(path, b"{", status=400)
    Plan.objects.filter(pk=foreign.pk).update(shared_with_org_at=now())
    world.member.put(path, {"planId": foreign.id}, status=200)
