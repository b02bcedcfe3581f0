"""The audit log: nothing changes or deletes an event, but retention and a person's erasure."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from orgs.logic.audit import Action
from orgs.models import AuditErasure, AuditEvent
from orgs.services.audit import ERASED_PERSON, audit_forget_person, audit_prune, audit_record
from plandex_server.db import now
from plandex_server.origin import Origin, Via, origin

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


def test_a_person_can_be_erased_while_what_was_done_stays() -> None:
    with origin(Origin(Via.API, "192.0.2.1", "her-id", "ada@example.com")):
        audit_record(Action.BUDGET_SET, org_id="an-org")
    audit_record(Action.MEMBER_JOINED, org_id="an-org", target="ada@example.com")
    assert audit_forget_person(user_id="her-id", email="ada@example.com") == 2
    done, joined, _ = AuditEvent.objects.order_by("id")
    assert (done.action, done.actor, done.network) == ("budget.set", ERASED_PERSON, "")
    assert joined.target == ERASED_PERSON
