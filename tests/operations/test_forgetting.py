"""After a person is forgotten no table holds their address, name or words, in whatever form."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import EmailPin, RateEvent, User
from accounts.tokens import token_issue
from execution.logic.requests import TellPlanRequest
from execution.models import Run, RunEnd, RunEvents, RunKind
from execution.services.new_runs import NewRun, run_create
from execution.services.runs import run_end
from orgs.logic.budgets import Period
from orgs.logic.permissions import Role
from orgs.services.budgets import budget_set
from orgs.services.invites import invite_create
from orgs.services.membership import membership_role_set
from plandex_server.origin import Origin, Via, origin
from plans.logic.convo import ConvoMessage
from plans.logic.convo import Role as Speaker
from plans.models import Branch, Plan
from plans.services.convo import convo_add
from plans.services.plans import plan_share, plan_transfer
from plans.services.versions import branch_write
from tests.execution.runs.searching import tables_with
from tests.factories import World, invite_make, member_make, project_make
from tests.plans.factories import main_of, plan_make, user_of

EMAIL, NAME, WORDS = "mia.marker@example.com", "Mia Markerova", "the-prompt-that-was-marked"


@pytest.fixture
def mia(world: World) -> User:
    """Somebody who has left traces everywhere."""
    invite = invite_make(org=world.org, email=EMAIL)
    user = User.objects.create_user(email=EMAIL, name=NAME, password="a-long-pass-phrase-1")
    invite.name, invite.invitee = NAME, user
    invite.save(update_fields=["name", "invitee"])
    membership = member_make(org=world.org, user=user)
    with origin(Origin(Via.API, actor_id=user.pk)):
        _lives(world, user)
    with origin(Origin(Via.ADMIN, actor_id=user_of(world.owner).pk)):
        membership_role_set(membership=membership, role=Role.ADMIN)
        budget_set(org=world.org, user=user, period=Period.MONTH, hard_limit=Decimal(5))
    token_issue(user=user)
    Client().force_login(user)
    TOTPDevice.objects.create(user=user, name=f"{EMAIL}'s phone")
    EmailPin.objects.create(email=EMAIL, pin_hash="x")
    RateEvent.objects.create(kind="pin", key=f"127.0.0.1 {EMAIL}")
    return user


def _lives(world: World, user: User) -> None:
    project = project_make(org=world.org)
    mine = plan_make(project=project, owner=user, name=f"plan of {NAME}")
    other = plan_make(project=project, owner=user, name="given away")
    plan_share(plan=mine)
    plan_transfer(plan=other, owner=user_of(world.owner))
    with branch_write(main_of(mine), user_id=user.pk) as draft:
        words = f"{WORDS} " * 200  # long enough to be stored packed
        convo_add(draft, ConvoMessage(id="m1", role=Speaker.USER, message=words, tokens=9))
        draft.message = f"💬 {WORDS}"
    run = _told(mine, user)
    RunEvents.objects.create(run=run, first=1, last=1, payload=WORDS.encode(), raw=WORDS)
    run_end(run, RunEnd.FINISHED)
    invite_create(
        org=world.org,
        inviter=user,
        email="friend@example.com",
        name=f"friend of {NAME}",
        role=Role.MEMBER,
        network="",
    )


def _told(plan: Plan, user: User) -> Run:
    branch = Branch.objects.select_related("plan", "head").get(plan=plan, name="main")
    request = TellPlanRequest(prompt=WORDS)
    return run_create(
        NewRun(
            branch=branch,
            user_id=user.pk,
            kind=RunKind.TELL,
            request=request,
            credentials={"OPENROUTER_API_KEY": WORDS},
            owner="here",
        )
    )


@pytest.mark.django_db
def test_nothing_is_left_of_a_person(world: World, mia: User) -> None:
    for marker in (EMAIL, NAME, WORDS, mia.pk):
        assert tables_with(marker), f"{marker} is there before"
    call_command("forget_user", EMAIL, "--yes", verbosity=0)
    assert {marker: tables_with(marker) for marker in (EMAIL, NAME, WORDS)} == {
        EMAIL: [],
        NAME: [],
        WORDS: [],
    }


@pytest.mark.django_db
def test_who_inherits_the_plans_gets_no_trace_of_the_person(world: World, mia: User) -> None:
    """What was said in the plans stays with them, without who said it."""
    heir = user_of(world.owner)
    Plan.objects.filter(owner=mia).update(name="inherited")
    call_command("forget_user", EMAIL, "--plans-to", heir.email, "--yes", verbosity=0)
    assert (tables_with(EMAIL), tables_with(NAME)) == ([], [])
    assert "plans_planobject" in tables_with(WORDS)
