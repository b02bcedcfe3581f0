"""Whatever answers with a list asks the database as often for many rows as for few."""

from decimal import Decimal
from itertools import count
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from models_config.services.prices import price_set
from orgs.logic.budgets import Period
from orgs.models import Invite
from orgs.services.budgets import budget_set
from plandex_server.db import now
from plans.logic.convo import ConvoMessage, Role
from plans.models import Plan
from plans.services.branches import branch_create
from plans.services.convo import convo_add
from plans.services.versions import branch_write
from tests.execution.factories import run_make
from tests.execution.pending_states import built, loaded, made
from tests.execution.usage_rows import call_make
from tests.factories import World, invite_make, member_make, org_make, project_make
from tests.models_config.bodies import MODEL, PACK, PROVIDER
from tests.plans.factories import main_of, plan_make, user_of
from tests.wire.described import description

_numbers = count(1)
_PLAN = "/plans/{plan}/main"
LISTS = {
    "listOrgs": "/orgs",
    "listOrgRoles": "/orgs/roles",
    "listUsers": "/users",
    "listPendingInvites": "/invites/pending",
    "listAcceptedInvites": "/invites/accepted",
    "listAllInvites": "/invites/all",
    "listProjects": "/projects",
    "listPlans": "/plans?projectId={project}",
    "listArchivedPlans": "/plans/archive?projectId={project}",
    "listPlansRunning": "/plans/ps?projectId={project}&recent=true",
    "listBranches": "/plans/{plan}/branches",
    "listConvo": f"{_PLAN}/convo",
    "listLogs": f"{_PLAN}/logs",
    "listContext": f"{_PLAN}/context",
    "getCurrentPlanOnBranch": f"{_PLAN}/current_plan",
    "getPlanDiffs": f"{_PLAN}/diffs",
    "getBuildStatus": f"{_PLAN}/build_status",
    "getSettings": f"{_PLAN}/settings",
    "getDefaultSettings": "/default_settings",
    "listCustomModels": "/custom_models",
    "listCustomProviders": "/custom_providers",
    "listModelPacks": "/model_sets",
    "getUsage": "/billing/usage?by=plan",
    "listBudgets": "/billing/budgets",
    "listProviderKeys": "/provider_keys",
    "listAuditEvents": "/audit_log",
    "getPlan": "/plans/{plan}",
    "getPlanStatus": f"{_PLAN}/status",
    "listPrices": "/billing/prices",
    "exportUsage": "/billing/usage.csv?by=plan",
    "exportCalls": "/billing/calls.csv",
    "exportAuditLog": "/audit_log.csv",
}
# Lists that are asked for by a body.
POSTED = {
    "getCreditsSummary": ("/billing/credits_summary", {"month": True}),
    "listCreditsTransactions": ("/billing/credits_transactions", {}),
}


def fill(world: World, plan: Plan, size: int) -> None:
    """`size` more of everything that is listed."""
    owner = user_of(world.owner)
    for number in (next(_numbers) for _ in range(size)):
        member_make(org=org_make(), user=owner)
        member_make(org=world.org)
        invite_make(org=world.org)
        accepted = invite_make(org=world.org)
        Invite.objects.filter(pk=accepted.pk).update(accepted_at=now())
        project_make(org=world.org)
        other = plan_make(project=world.project, owner=owner, name=f"plan {number}")
        run_make(other)
        call_make(other, model=f"model-{number}", user_id=owner.id)
        budget_set(org=world.org, plan=other, period=Period.MONTH, hard_limit=Decimal(1))
        member = member_make(org=world.org).user
        budget_set(org=world.org, user=member, period=Period.MONTH, soft_limit=Decimal(1))
        archived = plan_make(project=world.project, owner=owner, name=f"archived {number}")
        Plan.objects.filter(pk=archived.pk).update(archived_at=now())
        branch_create(parent=main_of(plan), name=f"branch-{number}", owner_id=owner.id)
        loaded(plan, {f"f{number}.py": "x = 1\n"})
        built(plan, [made(f"g{number}.py", "y = 2\n")])
        with branch_write(main_of(plan)) as draft:
            convo_add(draft, ConvoMessage(id=f"m{number}", role=Role.USER, message="x"))
            draft.message = "said"
        provider = PROVIDER | {"name": f"provider-{number}"}
        model = MODEL | {
            "modelId": f"model-{number}",
            "providers": [
                {"provider": "custom", "customProvider": provider["name"], "modelName": "m"}
            ],
        }
        pack = PACK | {"name": f"pack-{number}", "planSummary": model["modelId"]}
        pack |= {"namer": model["modelId"], "commitMsg": model["modelId"]}
        state = {"models": [model], "providers": [provider], "modelPacks": [pack]}
        world.owner.api.post("/custom_models", state)
        price_set(org=world.org, model_id=model["modelId"], input=Decimal(1), output=Decimal(2))


def queries_of(world: World, path: str, body: object = None) -> int:
    with CaptureQueriesContext(connection) as queries:
        world.owner.request("GET" if body is None else "POST", path, body, status=200)
    return len(queries)


def test_queries_do_not_grow_with_rows(world: World, team_mode: None) -> None:
    plan = plan_make(project=world.project, owner=user_of(world.owner))
    calls: dict[str, tuple[str, object]] = {
        name: (path.format(project=world.project.id, plan=plan.id), None)
        for name, path in LISTS.items()
    }
    calls |= POSTED
    fill(world, plan, 1)
    few = {name: queries_of(world, *call) for name, call in calls.items()}
    fill(world, plan, 4)
    assert {name: queries_of(world, *call) for name, call in calls.items()} == few
    assert max(few.values()) <= 8


def test_every_list_is_among_them() -> None:
    found = {
        operation["operationId"]
        for path, methods in description()["paths"].items()
        for method, operation in methods.items()
        if method == "get" and _is_list(operation)
    }
    assert found >= {"listPlans", "listContext"}
    assert found <= set(LISTS)
    assert set(LISTS) <= {
        operation["operationId"]
        for methods in description()["paths"].values()
        for operation in methods.values()
    }


def _is_list(operation: dict[str, Any]) -> bool:
    content = operation["responses"]["200"].get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    return any(one.get("type") == "array" for one in (schema, *schema.get("anyOf", ())))
