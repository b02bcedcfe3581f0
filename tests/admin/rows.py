"""One row of every model that has admin pages, for a given org."""

from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import Any

from django.db.models import Model

from accounts.models import AuthToken, User
from accounts.tokens import token_issue
from execution.models import ModelCall, Run, RunKind
from models_config.logic.builtin_packs import default_pack
from models_config.logic.pack_json import roles_to_wire
from models_config.models import (
    CustomModel,
    CustomPack,
    CustomProvider,
    DefaultSettings,
    ModelPrice,
)
from orgs.logic.audit import Action
from orgs.logic.budgets import Period
from orgs.models import AuditEvent, Budget, Invite, Membership, Org, ProviderKey
from orgs.services.audit import audit_record
from orgs.services.budgets import budget_set
from orgs.services.provider_keys import provider_key_store
from plandex_server.db import now
from plans.models import Branch, Plan
from projects.models import Project
from tests.factories import invite_make, member_make, project_make, user_make
from tests.plans.factories import plan_make

SECRET = "sk-very-secret-0123456789"
_numbers = count(1)


def token_of(org: Org) -> AuthToken:
    return token_issue(user=member_make(org=org).user)[0]


def run_of(org: Org) -> Run:
    plan = plan_make(org=org)
    return Run.objects.create(
        plan=plan,
        branch=Branch.objects.get(plan=plan),
        user=plan.owner,
        kind=RunKind.TELL,
        request=b"",
    )


def call_of(org: Org) -> ModelCall:
    return ModelCall.objects.create(
        org=org,
        user=org.owner,
        plan=plan_make(org=org),
        role="planner",
        purpose="plan",
        pack="daily-driver",
        model_id="openai/gpt-4.1",
        model_name="gpt-4.1",
        provider="openai",
        result="ok",
        started_at=now(),
    )


def pack_of(org: Org) -> CustomPack:
    wire = roles_to_wire(default_pack())
    return CustomPack.objects.create(org=org, name=f"pack-{next(_numbers)}", roles=wire)


def model_of(org: Org) -> CustomModel:
    used = [{"provider": "openai", "modelName": "x"}]
    return CustomModel.objects.create(
        org=org,
        model_id=f"own/model-{next(_numbers)}",
        properties={
            "maxTokens": 1000,
            "maxOutputTokens": 100,
            "reservedOutputTokens": 100,
            "defaultMaxConvoTokens": 100,
            "preferredOutputFormat": "xml",
        },
        providers=used,
    )


def provider_of(org: Org) -> CustomProvider:
    return CustomProvider.objects.create(
        org=org, name=f"box-{next(_numbers)}", base_url="http://box/v1", skip_auth=True
    )


def settings_of(org: Org) -> DefaultSettings:
    settings, _ = DefaultSettings.objects.get_or_create(
        org=org, defaults={"model_pack_name": "daily-driver"}
    )
    return settings


def person_of(org: Org) -> User:
    return member_make(org=org, user=user_make()).user


def key_of(org: Org) -> ProviderKey:
    return provider_key_store(
        org=org,
        provider=f"custom|box-{next(_numbers)}",
        values={"BOX_KEY": SECRET},
        key_variable="BOX_KEY",
        address="http://box/v1",
    )


def budget_of(org: Org) -> Budget:
    user = member_make(org=org).user
    return budget_set(org=org, period=Period.MONTH, user=user, hard_limit=Decimal(10))


def price_of(org: Org) -> ModelPrice:
    return ModelPrice.objects.create(
        org=org, model_id=f"own/model-{next(_numbers)}", input=Decimal(1), output=Decimal(2)
    )


def event_of(org: Org) -> AuditEvent:
    return audit_record(Action.PLAN_SHARED, org_id=org.pk, kind="plan", target="a plan")


ROWS: dict[type[Model], Callable[[Org], Any]] = {
    User: person_of,
    AuthToken: token_of,
    Org: lambda org: org,
    Membership: lambda org: member_make(org=org),
    Invite: lambda org: invite_make(org=org),
    Project: lambda org: project_make(org=org),
    CustomModel: model_of,
    CustomPack: pack_of,
    CustomProvider: provider_of,
    DefaultSettings: settings_of,
    Plan: lambda org: plan_make(org=org, name=f"plan-{next(_numbers)}"),
    Run: run_of,
    ModelCall: call_of,
    ProviderKey: key_of,
    Budget: budget_of,
    ModelPrice: price_of,
    AuditEvent: event_of,
}
