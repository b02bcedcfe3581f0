"""The tables that stay small even in a large installation, but are never empty: what each org has
of its own, and what is limited for some of its people and plans."""

from datetime import timedelta
from decimal import Decimal

EACH = 20
"""Rows that each org has of a kind."""


def fill_small() -> None:
    from orgs.models import Budget

    if not Budget.objects.exists():
        _money()
        _models()
        _people()


def _money() -> None:
    from models_config.models import ModelPrice
    from orgs.logic.budgets import Period
    from orgs.models import Budget, Membership, Org
    from plans.models import Plan

    rows = []
    for org in Org.objects.all():
        limits = {"org": org, "soft_limit": Decimal(50), "hard_limit": Decimal(500)}
        rows += [Budget(period=period, **limits) for period in Period]
        for member in Membership.objects.filter(org=org)[:EACH]:
            rows.append(Budget(period=Period.MONTH, user_id=member.user_id, **limits))
        for plan in Plan.objects.filter(org=org)[:EACH]:
            rows.append(Budget(period=Period.TOTAL, plan=plan, **limits))
        ModelPrice.objects.bulk_create(
            ModelPrice(org=org, model_id=f"own/model-{n}", input=Decimal(1), output=Decimal(2))
            for n in range(EACH)
        )
    Budget.objects.bulk_create(rows)


def _models() -> None:
    from models_config.logic.builtin_packs import default_pack
    from models_config.logic.pack_json import roles_to_wire
    from models_config.models import CustomModel, CustomPack, CustomProvider, DefaultSettings
    from orgs.models import Org

    roles = roles_to_wire(default_pack())
    for org in Org.objects.all():
        CustomPack.objects.bulk_create(
            CustomPack(org=org, name=f"pack-{n}", roles=roles) for n in range(EACH)
        )
        CustomModel.objects.bulk_create(
            CustomModel(
                org=org,
                model_id=f"own/model-{n}",
                properties={"maxTokens": 100_000, "maxOutputTokens": 10_000},
                providers=[{"provider": "openai", "modelName": f"model-{n}"}],
            )
            for n in range(EACH)
        )
        CustomProvider.objects.bulk_create(
            CustomProvider(org=org, name=f"box-{n}", base_url="http://box/v1", skip_auth=True)
            for n in range(EACH)
        )
        DefaultSettings.objects.create(org=org, model_pack_name="pack-1")


def _people() -> None:
    from accounts.models import AuthToken, User
    from orgs.models import Invite, Org, ProviderKey
    from plandex_server.db import now

    until = now() + timedelta(days=90)
    AuthToken.objects.bulk_create(
        AuthToken(user=user, expires_at=until) for user in User.objects.all() for _ in range(2)
    )
    for org in Org.objects.all():
        Invite.objects.bulk_create(
            Invite(
                org=org,
                email=f"new{n}@{org.pk}.example",
                name=f"New {n}",
                role="member",
                inviter_id=org.owner_id,
            )
            for n in range(EACH)
        )
        ProviderKey.objects.bulk_create(
            ProviderKey(org=org, provider=f"custom|box-{n}", sealed=b"", variables=["BOX_KEY"])
            for n in range(EACH)
        )
