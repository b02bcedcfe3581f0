"""Setting budgets."""

from decimal import Decimal
from typing import Protocol

from django.db import IntegrityError, transaction

from accounts.models import User
from orgs.errors import BadBudget
from orgs.logic.audit import Action
from orgs.logic.budgets import Period
from orgs.models import Budget, Membership, Org
from orgs.services.audit import audit_record
from plandex_server.db import now
from plandex_server.origin import current_origin

MAX_LIMIT = Decimal("999999999.9999")
PLACES = Decimal("0.0001")


class OrgsPlan(Protocol):
    """A plan, which this app stands below."""

    id: str
    org_id: str


def budget_set(
    *,
    org: Org,
    period: Period,
    user: User | None = None,
    plan: OrgsPlan | None = None,
    soft_limit: Decimal | None = None,
    hard_limit: Decimal | None = None,
) -> Budget:
    """Sets the limits of the org, or of one of its people or plans, for a period. Whoever was told
    of the earlier limits is told of the new ones."""
    _check(org, user, plan, soft_limit, hard_limit)
    actor_id = current_origin().actor_id
    actor = User.objects.filter(pk=actor_id).first() if actor_id else None
    fields = {
        "soft_limit": None if soft_limit is None else soft_limit.quantize(PLACES),
        "hard_limit": None if hard_limit is None else hard_limit.quantize(PLACES),
        "warned_at": None,
        "stopped_at": None,
        "updated_by": actor,
        "updated_at": now(),
    }
    with transaction.atomic():
        try:
            with transaction.atomic():
                budget, _ = Budget.objects.update_or_create(
                    org=org,
                    user=user,
                    plan_id=plan.id if plan is not None else None,
                    period=period,
                    defaults=fields,
                    create_defaults=fields | {"created_by": actor},
                )
        except IntegrityError:  # somebody set the same one at the same moment
            raise BadBudget("The budget was set by someone else meanwhile; look again") from None
        _record(Action.BUDGET_SET, budget)
    return budget


def budget_remove(*, budget: Budget) -> None:
    with transaction.atomic():
        if Budget.objects.filter(pk=budget.pk).delete()[0]:
            _record(Action.BUDGET_REMOVED, budget)


def _check(
    org: Org,
    user: User | None,
    plan: OrgsPlan | None,
    soft_limit: Decimal | None,
    hard_limit: Decimal | None,
) -> None:
    if user is not None and plan is not None:
        raise BadBudget("A budget is for the org, a user or a plan")
    if user is not None and not Membership.objects.filter(org=org, user=user).exists():
        raise BadBudget("The user is no member of the org")
    if plan is not None and plan.org_id != org.id:
        raise BadBudget("The plan is not the org's")
    limits = [limit for limit in (soft_limit, hard_limit) if limit is not None]
    if not limits:
        raise BadBudget("A budget needs a soft or a hard limit")
    if any(not limit.is_finite() or limit < 0 or limit > MAX_LIMIT for limit in limits):
        raise BadBudget("A limit is an amount of dollars, 0 or more")
    if soft_limit is not None and hard_limit is not None and soft_limit > hard_limit:
        raise BadBudget("The soft limit can't be above the hard one")


def _record(action: Action, budget: Budget) -> None:
    audit_record(
        action,
        org_id=budget.org_id,
        kind="budget",
        target_id=budget.id,
        target=_named(budget),
        details={
            "period": budget.period,
            "soft_limit": None if budget.soft_limit is None else str(budget.soft_limit),
            "hard_limit": None if budget.hard_limit is None else str(budget.hard_limit),
        },
    )


def _named(budget: Budget) -> str:
    if budget.user is not None:
        return f"{budget.period} budget of {budget.user.email}"
    if budget.plan is not None:
        return f"{budget.period} budget of the plan {budget.plan.name}"
    return f"{budget.period} budget of the org"
