"""An org with everybody whom the table names, its plans in their situations, and what each
operation needs to find."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from django.core import mail

from accounts.models import User
from context.selectors import context_items
from models_config.services.prices import price_set
from orgs.logic.budgets import Period
from orgs.logic.permissions import Role
from orgs.models import Org
from orgs.services.budgets import budget_set
from orgs.services.provider_keys import integrated_mode_set, provider_key_store
from plandex_server.db import now
from plans.models import Plan
from plans.services.branches import branch_create
from plans.services.plans import plan_archive
from plans.services.versions import revision_head
from projects.models import Project
from tests.access.table import Caller
from tests.execution.factories import run_make
from tests.execution.pending_states import built, edited, loaded, made
from tests.factories import (
    client_make,
    invite_make,
    member_make,
    org_make,
    project_make,
    user_make,
)
from tests.models_config.bodies import STATE
from tests.plans.factories import main_of, plan_make
from tests.wire.client import StrictClient

NEW_EMAIL = "newcomer@example.com"
_ROLES = {
    Caller.MEMBER: Role.MEMBER,
    Caller.PLAN_OWNER: Role.MEMBER,
    Caller.BILLING_ADMIN: Role.BILLING_ADMIN,
    Caller.ADMIN: Role.ADMIN,
}


@dataclass
class Scene:
    """`ids` fill the operation's path; `pin` is the one that was mailed last."""

    org: Org
    project: Project
    clients: dict[Caller, StrictClient]
    plan: Plan
    ids: dict[str, str] = field(default_factory=dict)
    pin: str = ""
    email: str = ""


def scene_make(situation: str) -> Scene:
    """`situation` is a plan's (`private`, `shared`, `left`: its owner left the org) or that of a
    person or invite, whose role it names."""
    owner = user_make(name="Olga Owner")
    org = org_make(owner=owner, name="Example Org")
    project = project_make(org=org)
    users = {Caller.OWNER: owner}
    for caller, role in _ROLES.items():
        users[caller] = member_make(org=org, role=role).user
    removed = users[Caller.REMOVED] = user_make(name="Rita Removed")
    stranger = user_make(name="Sam Stranger")
    clients = {caller: client_make(user, org) for caller, user in users.items()}
    clients[Caller.OTHER_ORG] = client_make(stranger, org_make(owner=stranger))
    clients[Caller.ANONYMOUS] = StrictClient()
    plan_owner = removed if situation == "left" else users[Caller.PLAN_OWNER]
    plan = plan_make(project=project, owner=plan_owner)
    if situation == "shared":
        Plan.objects.filter(pk=plan.pk).update(shared_with_org_at=now())
    scene = Scene(org=org, project=project, clients=clients, plan=plan)
    scene.ids = {
        "planId": plan.id,
        "projectId": project.id,
        "branch": "main",
        "provider": "openrouter",
    }
    return scene


def prepare(scene: Scene, operation: str, situation: str) -> None:
    """Makes what the operation needs to find."""
    for names, make in _NEEDS:
        if operation in names:
            make(scene, situation)


def _person(scene: Scene, situation: str) -> None:
    if situation == "last-owner":
        scene.ids["userId"] = scene.org.owner_id
        return
    role = Role(situation.partition("-to-")[0].removeprefix("the-").replace("-", "_"))
    scene.ids["userId"] = member_make(org=scene.org, role=role).user_id


def _invite(scene: Scene, situation: str) -> None:
    inviter = None
    if situation == "own":
        inviter = User.objects.get(pk=scene.clients[Caller.ADMIN].user_id)
    role = Role.MEMBER if situation == "own" else Role(situation.replace("-", "_"))
    scene.ids["inviteId"] = invite_make(org=scene.org, role=role, inviter=inviter).id


def _pin(scene: Scene, situation: str) -> None:
    scene.email = NEW_EMAIL if situation == "new" else scene.org.owner.email
    StrictClient().post("/accounts/email_verifications", {"email": scene.email})
    found = re.search(r"PIN is (\w{6})\n", str(mail.outbox[-1].body))
    assert found
    scene.pin = found[1]


def _models(scene: Scene, situation: str) -> None:
    owner = scene.clients[Caller.OWNER]
    owner.post("/custom_models", STATE)
    scene.ids |= {
        "modelId": owner.get("/custom_models").json[0]["id"],
        "providerId": owner.get("/custom_providers").json[0]["id"],
        "setId": owner.get("/model_sets").json[0]["id"],
    }


def _history(scene: Scene, situation: str) -> None:
    """A loaded file, and a change of it that is pending."""
    loaded(scene.plan, {"a.py": "one\n"})
    built(scene.plan, [edited("a.py", ("one", "two"))], commit_msg="Count on")
    main = main_of(scene.plan)
    assert main.head is not None
    scene.ids["sha"] = main.head.sha
    scene.ids["contextId"] = context_items(revision_head(main))[0].id


def _unbuilt(scene: Scene, situation: str) -> None:
    built(scene.plan, [made("b.py", "b\n")], did_build=False)


def _run(scene: Scene, situation: str) -> None:
    run_make(scene.plan, prompt="Do it.")


def _side(scene: Scene, situation: str) -> None:
    main = main_of(scene.plan)
    branch_create(parent=main, name="side", owner_id=scene.plan.owner_id)
    scene.ids["branch"] = "side"


def _archived(scene: Scene, situation: str) -> None:
    plan_archive(plan=scene.plan)


def _budget(scene: Scene, situation: str) -> None:
    budget = budget_set(org=scene.org, period=Period.MONTH, hard_limit=Decimal(5))
    scene.ids["budgetId"] = budget.id


def _price(scene: Scene, situation: str) -> None:
    price = price_set(org=scene.org, model_id="deepseek/r1", input=Decimal(1), output=Decimal(2))
    scene.ids["priceId"] = price.id


def _held_key(scene: Scene, situation: str) -> None:
    provider_key_store(org=scene.org, provider="openrouter", values={"OPENROUTER_API_KEY": "k"})
    integrated_mode_set(org=scene.org, on=False)  # the CLIs of the scene do not know of it


_NEEDS = (
    ({"deleteOrgUser", "setOrgUserRole"}, _person),
    ({"deleteBudget"}, _budget),
    ({"deletePrice"}, _price),
    ({"checkProviderKey", "deleteProviderKey"}, _held_key),
    ({"deleteInvite"}, _invite),
    ({"checkEmailPin", "signIn", "createAccount"}, _pin),
    ({"getCustomModel", "getCustomProvider", "updateModelPack"}, _models),
    (
        {
            "applyPlan",
            "deleteContext",
            "getContextBody",
            "getCurrentPlanAtSha",
            "getCurrentPlanOnBranch",
            "getPlanDiffs",
            "rejectAllChanges",
            "rejectFile",
            "rejectFiles",
            "rewindPlan",
            "updateContext",
        },
        _history,
    ),
    ({"buildPlan"}, _unbuilt),
    ({"connectPlan", "stopPlan", "respondMissingFile", "autoLoadContext"}, _run),
    ({"deleteBranch"}, _side),
    ({"unarchivePlan"}, _archived),
)
