"""GET plans/ps: the runs that are there, and those that ended a short time ago."""

from datetime import timedelta
from typing import Any

from execution.models import Run, RunKind
from plandex_server.db import now
from plans.models import Plan
from plans.services.branches import branch_create
from tests.factories import World
from tests.plans.factories import main_of


def run_make(plan: Plan, *, branch: str = "main", minutes: int = 2, ended: bool = True) -> Run:
    """A run that began so many minutes ago, and took one of them."""
    began = now() - timedelta(minutes=minutes)
    return Run.objects.create(
        plan=plan,
        branch=plan.branches.get(name=branch),
        user_id=plan.owner_id,
        kind=RunKind.TELL,
        request=b"",
        created_at=began,
        finished_at=began + timedelta(minutes=1) if ended else None,
    )


def ps(world: World, *, recent: bool = True) -> dict[str, Any]:
    path = f"/plans/ps?projectId={world.project.id}" + ("&recent=true" if recent else "")
    return dict(world.owner.get(path, status=200).json)


def test_it_works(world: World, plan: Plan) -> None:
    run = run_make(plan, ended=False)
    branch = main_of(plan)
    listed = ps(world, recent=False)
    assert [shown["id"] for shown in listed["branches"]] == [branch.id]
    assert listed["streamIdByBranchId"] == {branch.id: run.id}
    assert listed["streamFinishedAtByBranchId"] == {}
    assert list(listed["plansById"]) == [plan.id]


def test_an_ended_run_is_listed_for_an_hour(world: World, plan: Plan) -> None:
    run_make(plan, minutes=62)
    assert ps(world)["branches"] == []
    run_make(plan, minutes=60)
    assert len(ps(world)["branches"]) == 1
    assert ps(world, recent=False)["branches"] == []


def test_runs_of_a_deleted_branch_are_gone(world: World, plan: Plan) -> None:
    branch_create(parent=main_of(plan), name="side", owner_id=plan.owner_id)
    run_make(plan, branch="side")
    kept = run_make(plan)
    assert len(ps(world)["branches"]) == 2
    world.owner.delete(f"/plans/{plan.id}/branches/side", status=204)
    assert list(ps(world)["streamIdByBranchId"].values()) == [kept.id]


def test_runs_of_a_deleted_plan_are_gone(world: World, plan: Plan) -> None:
    run_make(plan)
    world.owner.delete(f"/plans/{plan.id}", status=204)
    listed = ps(world)
    assert listed["branches"] == []
    assert listed["plansById"] == {}


def test_a_run_that_goes_on_has_no_end_of_an_earlier_one(world: World, plan: Plan) -> None:
    run_make(plan, minutes=5)
    active = run_make(plan, minutes=1, ended=False)
    listed = ps(world)
    assert list(listed["streamIdByBranchId"].values()) == [active.id]
    assert listed["streamFinishedAtByBranchId"] == {}
