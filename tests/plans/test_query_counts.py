"""Endpoints ask the database the same few questions for one row as for many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from models_config.selectors import org_registry
from plans.logic.convo import ConvoMessage, Role
from plans.logic.versions import Kind
from plans.models import Branch, Plan
from plans.services.branches import branch_create
from plans.services.convo import convo_add
from plans.services.versions import branch_write
from projects.models import CurrentPlan
from tests.factories import World
from tests.plans.factories import main_of, plan_make, user_of

# One of them authenticates.
LIMITS = {
    "/plans?projectId={project}": 4,
    "/plans/archive?projectId={project}": 2,
    "/plans/ps?projectId={project}&recent=true": 3,
    "/plans/{plan}": 4,
    "/plans/{plan}/config": 2,
    "/plans/{plan}/branches": 3,
    "/plans/{plan}/main/convo": 4,
    "/plans/{plan}/main/logs": 4,
    # the tree and the blob of the branch's own settings; the org's models are kept
    "/plans/{plan}/main/settings": 3,
    "/default_plan_config": 1,
}


def plan_filled(world: World, number: int, size: int) -> Plan:
    plan = plan_make(project=world.project, owner=user_of(world.owner), name=f"p{number}")
    main = main_of(plan)
    for position in range(size):
        with branch_write(main) as draft:
            convo_add(draft, ConvoMessage(id=f"m{position}", role=Role.USER, message="x"))
            draft.put(Kind.CONTEXT, f"c{position}", b"x")
            draft.message = "said"
        branch_create(parent=main, name=f"b{position}", owner_id=plan.owner_id)
    return plan


def queries_of(world: World, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        world.owner.get(path, status=200)
    return len(queries)


@pytest.mark.parametrize(("path", "limit"), LIMITS.items())
def test_queries_do_not_grow_with_rows(world: World, path: str, limit: int) -> None:
    plan = plan_filled(world, 0, 1)
    CurrentPlan.objects.create(
        project=world.project, user_id=world.owner.user_id, plan=plan, branch="b0"
    )
    path = path.format(project=world.project.id, plan=plan.id)
    org_registry(world.org.id)  # as most requests find it
    few = queries_of(world, path)
    assert few <= limit
    main = main_of(plan)
    for number in range(1, 6):
        plan_filled(world, number, 3)
        with branch_write(main) as draft:
            convo_add(draft, ConvoMessage(id=f"n{number}", role=Role.USER, message="x"))
            draft.message = "said"
        branch_create(parent=main, name=f"c{number}", owner_id=plan.owner_id)
    assert queries_of(world, path) == few


# With the transaction's own begin and commit; one authenticates.
WRITES = {
    ("POST", "/projects/{project}/plans"): ({"name": "x"}, 8),
    ("PUT", "/plans/{plan}/config"): ({"config": {"autoMode": "custom"}}, 3),
    ("POST", "/plans/{plan}/main/branches"): ({"name": "new"}, 10),
}


@pytest.mark.parametrize(("call", "asked"), WRITES.items())
def test_writes_ask_little(
    world: World, call: tuple[str, str], asked: tuple[dict[str, object], int]
) -> None:
    plan = plan_filled(world, 0, 3)
    (method, path), (body, limit) = call, asked
    path = path.format(project=world.project.id, plan=plan.id)
    send = world.owner.post if method == "POST" else world.owner.put
    with CaptureQueriesContext(connection) as queries:
        send(path, body)
    assert len(queries) <= limit


def test_current_branches_are_one_query(world: World) -> None:
    plans = [plan_filled(world, number, 2) for number in range(4)]
    path = f"/projects/{world.project.id}/plans/current_branches"
    with CaptureQueriesContext(connection) as queries:
        world.owner.post(path, {"currentBranchByPlanId": {plan.id: "b1" for plan in plans}})
    assert len(queries) == 3


def test_a_plan_is_deleted_without_reading_its_history(world: World) -> None:
    def queries_to_delete(plan: Plan) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            world.owner.delete(f"/plans/{plan.id}")
        return [query["sql"] for query in queries]

    few = queries_to_delete(plan_filled(world, 0, 1))
    many = queries_to_delete(plan_filled(world, 1, 8))
    assert len(few) == len(many)
    assert not [sql for sql in many if sql.startswith("SELECT") and "plans_planobject" in sql]
    assert not Branch.objects.exists()
