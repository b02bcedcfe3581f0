"""Budgets: limits of an org, a person or a plan, and what is spent of them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from execution.admin.spending import spent_of
from orgs.admin.access import staff_may, staff_may_somewhere
from orgs.logic.budgets import Period, dollars, period_start
from orgs.logic.permissions import Permission
from orgs.models import Budget, Org
from orgs.services.budgets import budget_remove, budget_set
from plandex_server.admin.base import ServiceForm, ServiceModelAdmin, each_row
from plandex_server.admin.filters import AutocompleteFilter, ChoicesFilter
from plandex_server.admin.typed import coloured
from plandex_server.admin.widgets import NumberInput
from plandex_server.db import now
from plandex_server.errors import Forbidden


class LimitsForm(ServiceForm[Budget]):
    soft_limit = forms.DecimalField(
        label="Soft limit in dollars",
        required=False,
        min_value=0,
        widget=NumberInput(attrs={"step": "any"}),
        help_text="Over it people are warned.",
    )
    hard_limit = forms.DecimalField(
        label="Hard limit in dollars",
        required=False,
        min_value=0,
        widget=NumberInput(attrs={"step": "any"}),
        help_text="At it runs pause; they can be continued once it is raised.",
    )

    class Meta:
        model = Budget
        fields = ("soft_limit", "hard_limit")

    def perform(self, data: dict[str, Any]) -> Budget:
        old = self.instance
        _check(self.request, old.org)
        return budget_set(
            org=old.org,
            period=Period(old.period),
            user=old.user,
            plan=old.plan,
            soft_limit=data["soft_limit"],
            hard_limit=data["hard_limit"],
        )


class NewBudgetForm(LimitsForm):
    class Meta:
        model = Budget
        fields = ("org", "period", "user", "plan", "soft_limit", "hard_limit")
        help_texts = {"user": "Left empty together with the plan, the budget is the whole org's."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].initial = Period.MONTH

    def perform(self, data: dict[str, Any]) -> Budget:
        _check(self.request, data["org"])
        return budget_set(**{**data, "period": Period(data["period"])})


def _check(request: HttpRequest, org: Org) -> None:
    if not staff_may(request, Permission.MANAGE_BILLING, org_id=org.pk):
        raise Forbidden("Only owners of the org set its budgets.")


@admin.register(Budget)
class BudgetPages(ServiceModelAdmin[Budget]):
    org_path = "org"
    form = LimitsForm
    list_display = ("whose", "org", "period", "warns_at", "stops_at", "spent", "state")
    list_select_related = ("org", "user", "plan")
    list_filter = (
        ("org", AutocompleteFilter),
        ("period", ChoicesFilter),
        ("user", AutocompleteFilter),
        ("plan", AutocompleteFilter),
    )
    search_fields = ("org__name", "user__email", "plan__name")
    ordering = ("org__name", "period", "created_at")
    autocomplete_fields = ("org", "user", "plan")
    fieldsets = (
        (None, {"fields": (("org", "period"), ("user", "plan"))}),
        ("Limits", {"fields": (("soft_limit", "hard_limit"), ("spent", "state"))}),
        ("About", {"fields": (("warned_at", "stopped_at"), ("updated_by", "updated_at"))}),
    )
    readonly_fields = (
        "org",
        "period",
        "user",
        "plan",
        "spent",
        "state",
        "warned_at",
        "stopped_at",
        "updated_by",
        "updated_at",
    )
    add_fieldsets = (
        (None, {"fields": ("org", "user", "plan", "period", "soft_limit", "hard_limit")}),
    )
    actions = ("remove",)
    object_actions = ("remove",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return staff_may_somewhere(request, Permission.MANAGE_BILLING)

    def has_change_permission(self, request: HttpRequest, obj: Budget | None = None) -> bool:
        if obj is None:
            return self.has_add_permission(request)
        return staff_may(request, Permission.MANAGE_BILLING, org_id=obj.org_id)

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def get_form(
        self, request: HttpRequest, obj: Budget | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = NewBudgetForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Budget | None = None) -> Any:
        return () if obj is None else super().get_readonly_fields(request, obj)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """What the page's budgets have spent, asked for all of them at once."""
        page = super().get_changelist_instance(request)
        spent = spent_of(list(page.result_list), now())
        for budget in page.result_list:
            setattr(budget, _SPENT, spent.get(budget.pk))
        return page

    @admin.display(description="Whose")
    def whose(self, budget: Budget) -> str:
        if budget.user_id:
            return str(budget.user)
        return f"plan {budget.plan}" if budget.plan_id else "the whole org"

    @admin.display(description="Soft limit")
    def warns_at(self, budget: Budget) -> str:
        return "–" if budget.soft_limit is None else dollars(budget.soft_limit)

    @admin.display(description="Hard limit")
    def stops_at(self, budget: Budget) -> str:
        return "–" if budget.hard_limit is None else dollars(budget.hard_limit)

    @admin.display(description="Spent")
    def spent(self, budget: Budget) -> str:
        amount = _spent(budget)
        return "–" if amount is None else dollars(amount)

    @coloured("State", {"fine": "success", "warned": "warning", "reached": "danger"})
    def state(self, budget: Budget) -> str:
        amount = _spent(budget)
        if amount is None:
            return "fine"
        if (budget.hard_limit is not None and amount >= budget.hard_limit) or _stops(budget):
            return "reached"
        if budget.soft_limit is not None and amount >= budget.soft_limit:
            return "warned"
        return "fine"

    @admin.action(description="Remove", permissions=["manage"])
    @each_row("{count} budget(s) were removed.")
    def remove(self, request: HttpRequest, budget: Budget) -> None:
        if not staff_may(request, Permission.MANAGE_BILLING, org_id=budget.org_id):
            raise PermissionDenied
        budget_remove(budget=budget)


_SPENT = "_spent_now"


def _stops(budget: Budget) -> bool:
    """Whether something was refused in this period, though the limit is not quite spent."""
    start = period_start(Period(budget.period), now())
    return budget.stopped_at is not None and (start is None or budget.stopped_at >= start)


def _spent(budget: Budget) -> Decimal | None:
    if not hasattr(budget, _SPENT):
        setattr(budget, _SPENT, spent_of([budget], now()).get(budget.pk))
    found: Decimal | None = getattr(budget, _SPENT)
    return found
