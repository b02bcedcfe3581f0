"""The audit log: nothing changes or deletes an event, but retention and a person's erasure."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction

from orgs.logic.audit import Action
from orgs.logic.permissions import Role
from orgs.models import AuditErasure, AuditEvent
from orgs.services.audit import ERASED_PERSON, audit_forget_person, audit_prune, audit_record
from plandex_server.db import now
from plandex_server.origin import Origin, Via, origin
from tests.factories import World
from tests.plans.factories import plan_make, user_of
from tests.wire.client import StrictClient

pytestmark = pytest.mark.django_db


def test_an_event_says_who_and_from_where() -> None:
    with origin(Origin(Via.CLI, "192.0.2.1", "some-id", "ada@example.com")):
        audit_record(Action.MEMBER_REMOVED, org_id="an-org", target="mo@example.com")
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.via, event.network) == (
        "member.removed",
        "ada@example.com",
        "cli",
        "192.0.2.1",
    )


def test_events_can_not_be_changed() -> None:
    audit_record(Action.SIGNED_IN)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.update(actor="nobody")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.all().delete()
    assert AuditEvent.objects.filter(actor="").count() == 1


def test_retention_deletes_old_events_and_says_so() -> None:
    old = audit_record(Action.SIGNED_IN)
    with origin(Origin(actor="ada@example.com")):
        recent = audit_record(Action.SIGNED_OUT)
    assert audit_prune(before=old.at) == 0
    assert audit_prune(before=recent.at) == 1
    assert list(AuditEvent.objects.order_by("id").values_list("action", flat=True)) == [
        "account.signed_out",
        "audit.erased",
    ]
    assert not AuditErasure.objects.exists()
    assert audit_prune(before=now() - timedelta(days=1)) == 0


def test_a_long_log_goes_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orgs.services.audit.PRUNED_AT_ONCE", 2)
    for _ in range(5):
        audit_record(Action.SIGNED_IN)
    assert audit_prune(before=now()) == 5
    assert AuditEvent.objects.get().details["events"] == 5


def test_a_person_can_be_erased_while_what_was_done_stays() -> None:
    with origin(Origin(Via.API, "192.0.2.1", "her-id", "ada@example.com")):
        audit_record(Action.BUDGET_SET, org_id="an-org")
    audit_record(Action.MEMBER_JOINED, org_id="an-org", target="ada@example.com")
    assert audit_forget_person(user_id="her-id", email="ada@example.com") == 2
    done, joined, _ = AuditEvent.objects.order_by("id")
    assert (done.action, done.actor, done.network) == ("budget.set", ERASED_PERSON, "")
    assert joined.target == ERASED_PERSON


def test_a_person_is_erased_from_texts_that_name_more() -> None:
    audit_record(Action.BUDGET_REACHED, kind="budget", target_id="a-budget", target="Ada, today")
    audit_record(Action.ADMIN_CHANGED, target="ada@example.com to an org")
    audit_record(Action.ADMIN_CHANGED, target="nada@example.com to an org")
    audit_forget_person(user_id="her-id", email="ada@example.com", owned_ids=["a-budget"])
    targets = AuditEvent.objects.order_by("id").values_list("target", flat=True)
    assert list(targets)[:3] == [
        ERASED_PERSON,
        f"{ERASED_PERSON} to an org",
        "nada@example.com to an org",
    ]


def test_what_people_do_is_in_the_log(world: World, team_mode: None) -> None:
    """The owner reads of it over HTTP, filtered and as CSV; nobody reads another org's."""
    world.owner.post(
        "/invites", {"email": "new@example.com", "name": "Nell", "orgRoleId": Role.MEMBER.id}
    )
    plan = plan_make(project=world.project, owner=user_of(world.member), name="mine")
    world.member.patch(f"/plans/{plan.id}/share")
    world.member.delete(f"/plans/{plan.id}")
    world.owner.put("/billing/budgets", {"period": "day", "hardLimit": "1"})
    world.owner.put("/default_settings", {"modelPackName": "strong"})
    world.owner.delete(f"/orgs/users/{world.member.user_id}")
    events = world.owner.get("/audit_log").json
    assert [(event["action"], event["actor"], event["target"]) for event in events] == [
        ("member.removed", "owner@example.com", "member@example.com"),
        ("default_settings.changed", "owner@example.com", "strong"),
        ("budget.set", "owner@example.com", "day budget of the org"),
        ("plan.deleted", "member@example.com", "mine"),
        ("plan.shared", "member@example.com", "mine"),
        ("invite.sent", "owner@example.com", "new@example.com"),
    ]
    assert {(event["via"], event["network"]) for event in events} == {("cli", "127.0.0.1")}
    plans = world.owner.get("/audit_log?action=plan&size=1").json
    assert [event["action"] for event in plans] == ["plan.deleted"]
    rest = world.owner.get(f"/audit_log?action=plan&before={plans[0]['id']}").json
    assert [event["action"] for event in rest] == ["plan.shared"]
    hers = world.owner.api.get(f"/audit_log?actor={world.owner.user_id}&target=budget").json
    assert [event["action"] for event in hers] == ["budget.set"]
    assert world.stranger.get("/audit_log").json == []
    table = world.owner.get("/audit_log.csv?action=budget").text.splitlines()
    assert len(table) == 2 and "day budget of the org" in table[1]
    world.owner.get("/audit_log?since=yesterday", status=400)
    world.owner.get("/audit_log?before=x", status=400)


def test_a_wrong_pin_and_a_sign_in_are_in_the_log(world: World, team_mode: None) -> None:
    client = StrictClient()
    sign_in = {"email": "member@example.com", "pin": "wrong1"}
    client.probe("POST", "/accounts/sign_in", sign_in)
    client.post("/accounts/email_verifications", {"email": "member@example.com"})
    found = re.search(r"PIN is (\w{6})\n", str(mail.outbox[-1].body))
    assert found
    client.post("/accounts/sign_in", sign_in | {"pin": found[1]})
    world.member.post("/accounts/sign_out")
    events = world.owner.get("/audit_log?actor=member@example.com").json
    assert [event["action"] for event in events] == [
        "account.signed_out",
        "account.signed_in",
        "account.sign_in_refused",
    ]


def test_what_people_do_elsewhere_is_not_told(world: World, team_mode: None) -> None:
    """Signing in belongs to no org, and neither does what an admin of the server does."""
    member = Origin(Via.ADMIN, "192.0.2.1", world.member.user_id, "member@example.com")
    with origin(member):
        audit_record(Action.SIGNED_IN)
        audit_record(Action.ADMIN_CHANGED, target="somebody of another org")
    events = world.owner.get("/audit_log").json
    assert [event["action"] for event in events] == ["account.signed_in"]
