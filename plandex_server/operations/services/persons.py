"""Forgetting a person: what is theirs goes, what belongs to their org stays without their name."""

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import EmailPin, RateEvent, User
from execution.models import ModelCall, Run, UsageDay
from orgs.logic.permissions import Role
from orgs.models import AuditEvent, Budget, Invite, Membership, Org
from orgs.services.audit import audit_forget_person
from plandex_server.operations.errors import CareFailed
from plans.models import Branch, Plan
from plans.services.plans import plan_delete, plan_transfer


def person_find(email: str) -> User:
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        raise CareFailed(f"Nobody here has the address {email}.")
    return user


def person_forget(user: User, *, heir: User | None, dry_run: bool) -> dict[str, int]:
    """Deletes a person and all that is theirs.

    Their plans go to the `heir`, where that is a member of the plan's org; without an heir they
    are deleted with their conversations. Usage and audit events stay as numbers and facts without
    a name. Refused while the person owns an org with others in it, or a run of theirs goes on.
    What they wrote in plans of others stays there; it names them by an id that means nothing more.
    How many of each kind is returned, with `dry_run` without doing anything.
    """
    if heir is not None and heir.pk == user.pk:
        raise CareFailed("Nobody inherits from themselves.")
    _require_free(user, heir)
    counts = _counts(user, heir)
    if not dry_run:
        with transaction.atomic():
            _forget(user, heir)
    return counts


def _require_free(user: User, heir: User | None) -> None:
    for org in Org.objects.filter(owner=user):
        others = org.memberships.exclude(user=user)
        if others.exists() and not (heir and others.filter(user=heir).exists()):
            raise CareFailed(
                f"{user.email} owns the org {org.name}, which has other members. Make one of "
                "them its owner first, or name one with --plans-to."
            )
    if Run.objects.filter(user=user, finished_at__isnull=True).exists():
        raise CareFailed(f"A run of {user.email} goes on. Stop it first.")


def _counts(user: User, heir: User | None) -> dict[str, int]:
    inherited = _inherited(user, heir)
    return {
        "plans given away": inherited.count(),
        "plans deleted": Plan.objects.filter(owner=user).exclude(pk__in=inherited).count(),
        "orgs deleted, which had no other member": _lonely_orgs(user).count(),
        "memberships ended": user.memberships.count(),
        "tokens deleted": user.tokens.count(),
        "invites deleted": _invites(user).count(),
        "runs deleted": Run.objects.filter(user=user).count(),
        "model calls kept without a name": ModelCall.objects.filter(user=user).count(),
        "audit events kept without a name": AuditEvent.objects.filter(
            Q(actor_id=user.pk) | Q(target_id=user.pk) | Q(target=user.email)
        ).count(),
    }


def _inherited(user: User, heir: User | None) -> QuerySet[Plan]:
    """The plans that the heir may have: those of orgs that both are in."""
    if heir is None:
        return Plan.objects.none()
    return Plan.objects.filter(owner=user, org__memberships__user=heir)


def _lonely_orgs(user: User) -> QuerySet[Org]:
    return Org.objects.filter(owner=user).exclude(
        pk__in=Membership.objects.exclude(user=user).values("org_id")
    )


def _invites(user: User) -> QuerySet[Invite]:
    return Invite.objects.filter(Q(email__iexact=user.email) | Q(inviter=user))


def _forget(user: User, heir: User | None) -> None:
    owned_ids = [
        *Budget.objects.filter(user=user).values_list("pk", flat=True),
        *Plan.objects.filter(owner=user).values_list("pk", flat=True),
    ]
    if heir is not None:
        for plan in list(_inherited(user, heir)):
            plan_transfer(plan=plan, owner=heir)
        for org in Org.objects.filter(owner=user, memberships__user=heir):
            Org.objects.filter(pk=org.pk).update(owner=heir)
            Membership.objects.filter(org=org, user=heir).update(role=Role.OWNER)
    for plan in Plan.objects.filter(Q(owner=user) | Q(org__in=_lonely_orgs(user))):
        plan_delete(plan=plan)
    _lonely_orgs(user).delete()
    # Branches that the person made in plans of others stay with those.
    whose = Plan.objects.filter(pk=OuterRef("plan_id")).values("owner_id")
    Branch.objects.filter(owner=user).update(owner_id=Subquery(whose))
    UsageDay.objects.filter(user_id=user.pk).update(user=None)
    _invites(user).delete()
    EmailPin.objects.filter(email__iexact=user.email).delete()
    RateEvent.objects.filter(key__icontains=user.email).delete()
    user_id, email = user.pk, user.email
    user.delete()
    audit_forget_person(user_id=user_id, email=email, owned_ids=owned_ids)
