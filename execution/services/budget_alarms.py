"""Telling an org's people about its budgets: by mail and in the audit log, once per period."""

from django.db.models import Q

from orgs.logic.audit import Action
from orgs.logic.budgets import Period, Standing, period_start
from orgs.logic.permissions import Permission, Role, may
from orgs.models import Budget, Membership
from orgs.services.audit import audit_record
from plandex_server.db import now
from plandex_server.mail import mail_later


def soft_limit_reached(standing: Standing, org_id: str) -> None:
    if _is_news(standing, "warned_at"):
        _tell(standing, org_id, Action.BUDGET_WARNED, standing.warning())


def hard_limit_reached(standing: Standing, org_id: str) -> None:
    """Call outside the transaction that the refusal rolls back."""
    if _is_news(standing, "stopped_at"):
        _tell(standing, org_id, Action.BUDGET_REACHED, standing.refusal(standing.spent))


def _is_news(standing: Standing, field: str) -> bool:
    """Whether nobody was told in this period; of several processes one hears yes."""
    if standing.period is Period.REQUEST:
        return False  # whoever asks is told, each time
    start = period_start(standing.period, now())
    untold = Q(**{f"{field}__isnull": True})
    if start is not None:
        untold |= Q(**{f"{field}__lt": start})
    return bool(Budget.objects.filter(untold, pk=standing.budget_id).update(**{field: now()}))


def _tell(standing: Standing, org_id: str, action: Action, text: str) -> None:
    audit_record(
        action,
        org_id=org_id,
        kind="budget",
        target_id=standing.budget_id,
        target=f"{standing.whose}, {standing.period.words}",
        details={"spent": str(standing.spent)},
    )
    roles = [role for role in Role if may(role, Permission.MANAGE_BILLING)]
    people = Membership.objects.filter(org_id=org_id, role__in=roles, user__is_active=True)
    for address in people.values_list("user__email", flat=True).distinct():
        values = {"text": text, "stopped": action is Action.BUDGET_REACHED}
        mail_later("budget", to=address, values=values)
