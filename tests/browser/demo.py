"""A small team's server, for browser tests and for the pictures in the docs.

`python -m tests.browser.demo` fills the database that the environment names, and with `active` it
adds a run that goes on, to a server that runs. Everything but the
past (runs, model calls) is made by the services that the pages call.
"""

import os
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import django

PASSWORD = "correct-horse-battery"
SUPERUSER = "root@acme.example"
OWNER = "olga@acme.example"
ORG_ADMIN = "ada@acme.example"

_PLANS = {
    "shop": ["checkout-flow", "search-filters", "cart-tests"],
    "billing-api": ["invoice-export", "webhook-retries"],
}
_FILE = '''def total(items):
    """The sum of all prices."""
    result = 0
    for item in items:
        result += item.price
    return result
'''
_EDITED = (
    "    result = 0\n    for item in items:\n        result += item.price\n    return result\n",
    "    return sum(item.price * item.count for item in items)\n",
)
_TEST = """from cart import total


def test_total_counts_items():
    assert total([Item(price=3, count=2)]) == 6
"""


def fill() -> None:
    from accounts.models import User
    from accounts.services.staff import staff_create, user_update
    from accounts.tokens import token_issue
    from orgs.logic.permissions import Role
    from orgs.services.invites import invite_create
    from orgs.services.membership import membership_add
    from orgs.services.orgs import org_create

    def person(email: str, name: str) -> User:
        return User.objects.create_user(email=email, name=name)

    staff_create(email=SUPERUSER, name="Root", password=PASSWORD, is_superuser=True)
    olga = staff_create(email=OWNER, name="Olga Owner", password=PASSWORD, is_superuser=False)
    mo = person("mo@acme.example", "Mo Member")
    ada = staff_create(email=ORG_ADMIN, name="Ada Admin", password=PASSWORD, is_superuser=False)
    org = org_create(user=olga, name="Acme", auto_add_domain_users=False)
    membership_add(org=org, user=ada, role=Role.ADMIN)
    membership_add(org=org, user=mo, role=Role.MEMBER)
    other = person("sam@globex.example", "Sam Stranger")
    globex = org_create(user=other, name="Globex", auto_add_domain_users=False)
    invite_create(
        org=org, inviter=olga, email="ina@acme.example", name="Ina", role=Role.MEMBER, network=""
    )
    left = person("lee@acme.example", "Lee Left")
    user_update(user=left, name=left.name, is_active=False, is_staff=False, is_superuser=False)
    for user in (olga, ada, mo, other):
        token_issue(user=user)
    _models(org)
    _money(org, mo)
    for name, plans in _PLANS.items():
        _project(org, name, plans, [olga, ada, mo])
    _project(globex, "secret-project", ["secret-plan"], [other])


def _models(org: Any) -> None:
    from models_config.logic.builtin_packs import default_pack
    from models_config.logic.catalog import UsesProvider
    from models_config.logic.org_models import CustomModel, CustomProvider
    from models_config.logic.pack_json import pack_to_wire
    from models_config.logic.settings import SettingsRequest
    from models_config.logic.validation import ModelsInput
    from models_config.services.registry import default_settings_update, models_sync, pack_create

    provider = CustomProvider(
        name="gpu-box", base_url="http://10.0.0.5:8000/v1", api_key_env_var="GPU_BOX_KEY"
    )
    model = CustomModel(
        model_id="acme/coder-32b",
        publisher="Acme",
        description="Our own coder on the GPU box",
        max_tokens=131_072,
        max_output_tokens=16_384,
        reserved_output_tokens=8192,
        default_max_convo_tokens=10_000,
        preferred_output_format="xml",
        providers=[
            UsesProvider(provider="custom", custom_provider="gpu-box", model_name="coder-32b")
        ],
    )
    models_sync(
        org=org, sent=ModelsInput(models=(model,), providers=(provider,)), keep_missing=True
    )
    raw = dict(pack_to_wire(default_pack()), name="acme-daily", description="Coder on our box")
    raw["coder"] = {"modelId": model.model_id, "errorFallback": "anthropic/claude-sonnet-4"}
    pack_create(org=org, raw=raw)
    default_settings_update(
        org=org, sent=SettingsRequest(model_pack_name="acme-daily"), keep_roles=True
    )


def _money(org: Any, user: Any) -> None:
    from execution.services.provider_keys import key_save
    from models_config.services.prices import price_set
    from orgs.logic.budgets import Period
    from orgs.services.budgets import budget_set

    key_save(org=org, provider="openai", values={"OPENAI_API_KEY": "sk-demo-no-real-key-7f3a"})
    key_save(org=org, provider="anthropic", values={"ANTHROPIC_API_KEY": "sk-demo-no-key-91bc"})
    budget_set(org=org, period=Period.MONTH, soft_limit=Decimal(400), hard_limit=Decimal(500))
    budget_set(org=org, period=Period.MONTH, user=user, hard_limit=Decimal(2))
    budget_set(org=org, period=Period.DAY, user=user, soft_limit=Decimal(1))
    price_set(org=org, model_id="acme/coder-32b", input=Decimal("0.1"), output=Decimal("0.3"))


def _project(org: Any, name: str, names: list[str], owners: list[Any]) -> None:
    from plans.services.plans import plan_create, plan_share
    from projects.services import project_create

    project = project_create(org=org, name=name)
    for number, plan_name in enumerate(names):
        plan = plan_create(project=project, owner=owners[number % len(owners)], name=plan_name)
        _content(plan)
        _past(plan, number)
        if number == 1:
            plan_share(plan=plan)


def _content(plan: Any) -> None:
    from plans.logic.convo import ConvoMessage, Role, Subtask
    from plans.services.branches import branch_create
    from plans.services.convo import convo_add, subtasks_write
    from plans.services.versions import branch_write
    from tests.execution.pending_states import built, edited, loaded, made
    from tests.plans.factories import main_of

    loaded(plan, {"cart.py": _FILE, "README.md": "# Shop\n\nThe cart and its checkout.\n"})
    said = [
        (Role.USER, "Count each item as often as it is in the cart, and test it."),
        (
            Role.ASSISTANT,
            "I'll multiply by the count in `total`, then add a test.",
        ),
    ]
    with branch_write(main_of(plan), user_id=plan.owner_id) as draft:
        for number, (role, text) in enumerate(said):
            message = ConvoMessage(id=f"m{number}", role=role, message=text, tokens=len(text) // 4)
            convo_add(draft, message)
        tasks = ("Multiply by the count", "Add a test")
        subtasks_write(draft, [Subtask(title=title, is_finished=True) for title in tasks])
        draft.message = "💬 User prompt and reply"
    built(plan, [edited("cart.py", _EDITED), made("test_cart.py", _TEST)])
    branch_create(parent=main_of(plan), name="try-decimal", owner_id=plan.owner_id)


def _past(plan: Any, number: int) -> None:
    """Runs that have ended, and what their calls used."""
    from execution.models import ModelCall, Run, RunEnd, RunKind
    from plandex_server.db import now
    from tests.plans.factories import main_of

    moment = now()
    for days in range(0, 28, 2):
        started = moment - timedelta(days=days, hours=number + 1)
        end = RunEnd.ERROR if days == 6 else RunEnd.FINISHED
        run = Run.objects.create(
            plan=plan,
            branch=main_of(plan),
            user=plan.owner,
            kind=RunKind.TELL,
            request=b"",
            created_at=started,
            began_at=started + timedelta(milliseconds=40),
            finished_at=started + timedelta(seconds=40 + days),
            end=end,
            error="The provider is overloaded; try again later." if end == RunEnd.ERROR else "",
        )
        calls = list(_calls(run, started, days + number))
        ModelCall.objects.bulk_create(calls)
        _counted(calls)


def start_run() -> None:
    """A run that goes on: this process executes it as little as the server does."""
    from execution.models import Run, RunKind
    from plandex_server.db import now
    from plans.models import Plan
    from tests.plans.factories import main_of

    plan = Plan.objects.get(name="checkout-flow")
    Run.objects.create(
        plan=plan,
        branch=main_of(plan),
        user=plan.owner,
        kind=RunKind.TELL,
        request=b"",
        owner="worker-1:4711",
        # No sweeper misses a sign of it.
        heartbeat_at=now() + timedelta(days=1),
    )


_ROLES = [
    ("planner", "plan", "anthropic/claude-sonnet-4", "anthropic", Decimal("0.0412")),
    ("coder", "code", "acme/coder-32b", "custom|gpu-box", Decimal("0.0007")),
    ("builder", "build", "openai/o4-mini-medium", "openai", Decimal("0.0093")),
]


def _calls(run: Any, started: datetime, salt: int) -> Iterator[Any]:
    from execution.models import ModelCall

    for place, (role, purpose, model, provider, cost) in enumerate(_ROLES):
        yield ModelCall(
            org_id=run.plan.org_id,
            user_id=run.user_id,
            plan_id=run.plan_id,
            run=run,
            role=role,
            purpose=purpose,
            pack="acme-daily",
            model_id=model,
            model_name=model.partition("/")[2],
            provider=provider,
            input_tokens=8000 + 731 * salt + 100 * place,
            cached_tokens=2000,
            output_tokens=900 + 37 * salt,
            result="finished",
            started_at=started + timedelta(seconds=0.3 + 12 * place),
            first_token_ms=420 + 11 * salt,
            duration_ms=8000 + 90 * salt,
            cost=cost * (1 + salt % 5),
        )


def _counted(calls: list[Any]) -> None:
    from execution.models import UsageDay

    for call in calls:
        UsageDay.objects.create(
            org_id=call.org_id,
            day=call.started_at.date(),
            user_id=call.user_id,
            plan_id=call.plan_id,
            role=call.role,
            purpose=call.purpose,
            model_id=call.model_id,
            model_name=call.model_name,
            provider=call.provider,
            calls=1,
            input_tokens=call.input_tokens,
            cached_tokens=call.cached_tokens,
            output_tokens=call.output_tokens,
            cost=call.cost,
        )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plandex_server.settings.base")
    django.setup()
    from django.core.management import call_command

    if sys.argv[1:] == ["active"]:
        start_run()
    else:
        call_command("migrate", verbosity=0)
        fill()
