"""The audit log: events are added, and leave only by retention or with a person's data."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from orgs.logic.audit import Action
from orgs.models import AuditErasure, AuditEvent, Membership
from plandex_server.origin import current_origin

ERASED_PERSON = "(erased)"
PRUNED_AT_ONCE = 2000


def audit_record(
    action: Action | str,
    *,
    org_id: str = "",
    kind: str = "",
    target_id: str = "",
    target: str = "",
    details: Mapping[str, object] | None = None,
    actor: User | None = None,
) -> AuditEvent:
    """Adds an event of the person whose request is handled, or of `actor` where a sign-in makes
    that known only now. `details` must hold no secret. Call inside the transaction of what it
    tells of: then either both are stored or neither."""
    found = current_origin()
    return AuditEvent.objects.create(
        org_id=org_id,
        actor_id=actor.id if actor else found.actor_id,
        actor=(actor.email if actor else found.actor)[:255],
        action=action,
        target_kind=kind,
        target_id=target_id[:255],
        target=target[:255],
        via=found.via,
        network=found.network,
        details=dict(details or {}),
    )


def audit_member(action: Action, membership: Membership, **details: object) -> None:
    """An event about a person of an org; who signs up or accepts an invite does it themself."""
    user = membership.user
    audit_record(
        action,
        org_id=membership.org_id,
        kind="user",
        target_id=user.id,
        target=user.email,
        details={"role": membership.role, **details},
        actor=None if current_origin().actor_id else user,
    )


def audit_prune(*, before: datetime) -> int:
    """Deletes the events that are older, and leaves one that says so. How many went. In pieces: a
    log of years is more than one statement may take."""
    deleted = 0
    while some := _some_pruned(before):
        deleted += some
    if deleted:
        details = {"before": before.isoformat(), "events": deleted}
        audit_record(Action.ERASED, kind="audit_log", details=details)
    return deleted


def _some_pruned(before: datetime) -> int:
    old = AuditEvent.objects.filter(at__lt=before).order_by("pk")
    pks = list(old.values_list("pk", flat=True)[:PRUNED_AT_ONCE])
    if not pks:
        return 0
    with transaction.atomic():
        erasure = AuditErasure.objects.create(why="retention")
        deleted, _ = AuditEvent.objects.filter(pk__in=pks).delete()
        erasure.delete()
    return deleted


def audit_forget_person(*, user_id: str, email: str, owned_ids: Collection[str] = ()) -> int:
    """Takes a person's name, address and networks out of the events; what was done stays.
    `owned_ids` are the person's budgets, whose events name the person too, and plans, whose names
    are the person's words."""
    with transaction.atomic():
        erasure = AuditErasure.objects.create(why="a person's data")
        own = AuditEvent.objects.filter(actor_id=user_id)
        changed = own.update(actor=ERASED_PERSON, network="")
        for field in ("target", "target_id"):
            named = AuditEvent.objects.filter(**{f"{field}__in": [email, user_id]})
            changed += named.update(**{field: ERASED_PERSON}, details={})
        owned = AuditEvent.objects.filter(
            Q(target_id__in=owned_ids) | Q(actor_id=user_id, target_kind="plan"),
            target_kind__in=["budget", "plan"],
        )
        changed += owned.update(target=ERASED_PERSON)
        changed += _address_erase(email)
        erasure.delete()
        audit_record(Action.ERASED, kind="person", details={"events": changed})
    return changed


def _address_erase(email: str) -> int:
    """Where the address is a part of what an event was about, such as an invite to an org. The
    address of somebody else may end with it."""
    whole = re.compile(rf"(?<![\w.+-]){re.escape(email)}(?![\w-])", re.IGNORECASE)
    changed = 0
    for event in AuditEvent.objects.filter(target__icontains=email).iterator():
        if whole.search(event.target):
            told = whole.sub(ERASED_PERSON, event.target)[:255]
            changed += AuditEvent.objects.filter(pk=event.pk).update(target=told)
    return changed
