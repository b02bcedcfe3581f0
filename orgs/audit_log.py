"""Reading the audit log: filtered, newest first, and for exports."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import User
from orgs.models import AuditEvent, Membership

MAX_EXPORTED = 200_000
CSV_COLUMNS = (
    "id",
    "at",
    "actor",
    "action",
    "target_kind",
    "target_id",
    "target",
    "via",
    "network",
    "details",
)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which events are meant; `action` may be its first word, such as `budget`. `before` is an
    event's number, for the page after it."""

    org_id: str
    action: str = ""
    actor: str = ""
    target: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def audit_events(wanted: AuditFilter) -> QuerySet[AuditEvent]:
    """The org's events, and how its people signed in and out, which is no org's. What else they
    did outside of this one is not its business."""
    people = Membership.objects.filter(org_id=wanted.org_id).values("user_id")
    signing = Q(action__startswith="account.") | Q(action__startswith="token.")
    own = Q(org_id="", actor_id__in=people) & signing
    events = AuditEvent.objects.filter(Q(org_id=wanted.org_id) | own)
    if wanted.action:
        words = Q(action=wanted.action) | Q(action__startswith=f"{wanted.action}.")
        events = events.filter(words)
    if wanted.actor:
        ids = User.objects.filter(email=wanted.actor.lower()).values("pk")
        events = events.filter(Q(actor_id=wanted.actor) | Q(actor_id__in=ids))
    if wanted.target:
        events = events.filter(Q(target_id=wanted.target) | Q(target__icontains=wanted.target))
    if wanted.since is not None:
        events = events.filter(at__gte=wanted.since)
    if wanted.until is not None:
        events = events.filter(at__lt=wanted.until)
    if wanted.before is not None:
        events = events.filter(pk__lt=wanted.before)
    return events.order_by("-pk")
