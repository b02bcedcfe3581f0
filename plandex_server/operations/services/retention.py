"""Deleting what is old, and what belongs to one person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet

from accounts.models import AuthToken, EmailPin, RateEvent, SignInCode
from execution.models import ModelCall, Run, RunEvents
from orgs.models import AuditEvent
from orgs.services.audit import audit_prune
from plandex_server.db import now
from plans.models import Plan
from plans.services.garbage import plan_collect_garbage
from plans.services.plans import plan_delete

DEAD_DAYS = 30
"""What can't be used any more is kept so long for those who look into an incident."""
GRACE = timedelta(hours=24)
"""Younger revisions stay, so that open readers finish."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Ages:
    """After how many days what goes; 0: never."""

    events: int
    archived_plans: int
    calls: int
    audit: int


def ages_of_settings() -> Ages:
    return Ages(
        events=settings.KEEP_EVENTS_DAYS,
        archived_plans=settings.KEEP_ARCHIVED_PLANS_DAYS,
        calls=settings.KEEP_CALLS_DAYS,
        audit=settings.KEEP_AUDIT_DAYS,
    )


def prune(ages: Ages, *, dry_run: bool) -> Iterator[tuple[str, int]]:
    """Deletes what is older; what and how many, one kind after another."""
    dead = _before(DEAD_DAYS)
    yield "dead tokens", _delete(AuthToken.objects.filter(expires_at__lt=dead), dry_run)
    yield "revoked tokens", _delete(AuthToken.objects.filter(revoked_at__lt=dead), dry_run)
    yield "e-mail pins", _delete(EmailPin.objects.filter(created_at__lt=dead), dry_run)
    yield "sign-in codes", _delete(SignInCode.objects.filter(created_at__lt=dead), dry_run)
    yield "counts of attempts", _delete(RateEvent.objects.filter(created_at__lt=dead), dry_run)
    if ages.events:
        ended = Run.objects.filter(finished_at__lt=_before(ages.events)).order_by("pk")
        told = RunEvents.objects.filter(run__in=ended.values("pk"))
        yield "stretches of event logs", _delete(told, dry_run)
    if ages.calls:
        old = ModelCall.objects.filter(started_at__lt=_before(ages.calls))
        yield "model calls", _delete(old.exclude(result="running"), dry_run)
    if ages.archived_plans:
        yield "archived plans", _plans(_before(ages.archived_plans), dry_run)
    if ages.audit:
        yield "audit events", _audit(_before(ages.audit), dry_run)
    yield from _garbage(dry_run)


def _before(days: int) -> datetime:
    return now() - timedelta(days=days)


def _delete(rows: QuerySet[Any], dry_run: bool) -> int:
    """In pieces, so that no table is locked for long."""
    if dry_run:
        return rows.count()
    model: type[Model] = rows.model
    left = rows.order_by("pk").values_list("pk", flat=True)
    deleted = 0
    while pks := list(left[:AT_ONCE]):
        deleted += len(pks)
        model._default_manager.filter(pk__in=pks).delete()
        left = left.filter(pk__gt=pks[-1])  # not all that went again
    return deleted


def _plans(before: datetime, dry_run: bool) -> int:
    """Only plans at rest: a run that goes on is somebody's work."""
    old = Plan.objects.filter(archived_at__lt=before)
    old = old.exclude(pk__in=Run.objects.filter(finished_at__isnull=True).values("plan_id"))
    if dry_run:
        return old.count()
    plans = list(old)
    for plan in plans:
        plan_delete(plan=plan)
    return len(plans)


def _audit(before: datetime, dry_run: bool) -> int:
    if dry_run:
        return AuditEvent.objects.filter(at__lt=before).count()
    return audit_prune(before=before)


def _garbage(dry_run: bool) -> Iterator[tuple[str, int]]:
    if dry_run:
        return
    before = now() - GRACE
    plans = list(Plan.objects.order_by("pk").values_list("pk", flat=True))
    done = [plan_collect_garbage(plan_id=plan_id, before=before) for plan_id in plans]
    yield "revisions that no branch reaches", sum(one.commits for one in done)
    yield "contents that no branch reaches", sum(one.objects for one in done)
