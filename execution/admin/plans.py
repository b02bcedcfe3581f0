"""Plans: what is in them, to read; whose they are and who sees them, to change."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from accounts.models import User
from execution.admin.content import branch_of, context_body, plan_content, plan_diff
from orgs.admin.access import staff_may, staff_may_somewhere
from orgs.logic.permissions import Permission
from plandex_server.admin.base import OrgModelAdmin, each_row
from plandex_server.admin.filters import AutocompleteFilter
from plandex_server.admin.typed import coloured
from plandex_server.errors import ApiError
from plans.models import Branch, Plan
from plans.services.plans import (
    plan_archive,
    plan_share,
    plan_transfer,
    plan_unarchive,
    plan_unshare,
)


@admin.register(Plan)
class PlanPages(OrgModelAdmin[Plan]):
    org_path = "org"
    records_changes = True
    list_display = ("name", "owner", "project", "org", "state", "total_replies", "updated_at")
    list_select_related = ("owner", "project", "org")
    list_filter = (
        ("org", AutocompleteFilter),
        ("owner", AutocompleteFilter),
        ("project", AutocompleteFilter),
        ("archived_at", admin.EmptyFieldListFilter),
        ("shared_with_org_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("name",)
    search_help_text = "A part of the name, or a plan's id"
    ordering = ("-updated_at",)
    fieldsets = (
        (None, {"fields": (("name", "state"), ("owner", "org"), ("project", "id"))}),
        (
            "Times",
            {"fields": (("created_at", "updated_at"), ("shared_with_org_at", "archived_at"))},
        ),
    )
    actions = ("archive", "unarchive", "share", "unshare", "transfer")
    object_actions = ("archive", "unarchive", "share", "unshare", "transfer")
    change_form_after_template = "admin/plan_content.html"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Plan], search_term: str
    ) -> tuple[QuerySet[Plan], bool]:
        term = search_term.strip()
        if len(term) == 36 and term.count("-") == 4:
            return queryset.filter(pk=term), False
        return super().get_search_results(request, queryset, search_term)

    def offers(self, row: Plan, action: str) -> bool:
        is_archived, is_shared = row.archived_at is not None, row.shared_with_org_at is not None
        undone = {
            "archive": not is_archived,
            "unarchive": is_archived,
            "share": not is_shared,
            "unshare": is_shared,
        }
        return undone.get(action, True)

    @coloured("State", {"shared": "info", "archived": "warning", "archived, shared": "warning"})
    def state(self, plan: Plan) -> str:
        words = [
            "archived" if plan.archived_at else "",
            "shared" if plan.shared_with_org_at else "",
        ]
        return ", ".join(filter(None, words)) or "private"

    # -- content ------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        context = dict(extra_context or {})
        plan = self.get_object(request, object_id) if object_id else None
        if plan is not None:
            context["content"] = plan_content(plan, request.GET.get("branch", ""))
            context["plan"] = plan
        return super().changeform_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<str:plan_id>/diff/", view(self.diff_view), name="plans_plan_diff"),
            path(
                "<str:plan_id>/context/<str:item_id>/",
                view(self.context_view),
                name="plans_plan_context",
            ),
            *super().get_urls(),
        ]

    def diff_view(self, request: HttpRequest, plan_id: str) -> HttpResponse:
        plan, branch = self._branch(request, plan_id)
        return self._text(request, plan, f"Pending changes on {branch.name}", plan_diff(branch))

    def context_view(self, request: HttpRequest, plan_id: str, item_id: str) -> HttpResponse:
        plan, branch = self._branch(request, plan_id)
        body = context_body(branch, item_id)
        if body is None:
            raise Http404
        return self._text(request, plan, "Context", body)

    def _branch(self, request: HttpRequest, plan_id: str) -> tuple[Plan, Branch]:
        plan = self.get_object(request, plan_id)
        branch = branch_of(plan, request.GET.get("branch", "main")) if plan else None
        if plan is None or branch is None:
            raise Http404
        return plan, branch

    def _text(self, request: HttpRequest, plan: Plan, title: str, text: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "plan": plan,
            "text": text,
            "opts": self.opts,
        }
        return render(request, "admin/plan_text.html", context)

    # -- actions ------------------------------------------------------------------------------

    def has_archive_permission(self, request: HttpRequest) -> bool:
        return staff_may_somewhere(request, Permission.ARCHIVE_ANY_PLAN)

    def has_share_permission(self, request: HttpRequest) -> bool:
        return staff_may_somewhere(request, Permission.MANAGE_ANY_PLAN_SHARES)

    def has_transfer_permission(self, request: HttpRequest) -> bool:
        return staff_may_somewhere(request, Permission.UPDATE_ANY_PLAN)

    @admin.action(description="Archive", permissions=["archive"])
    @each_row("{count} plan(s) were archived.")
    def archive(self, request: HttpRequest, plan: Plan) -> None:
        _require(request, plan, Permission.ARCHIVE_ANY_PLAN)
        plan_archive(plan=plan)

    @admin.action(description="Unarchive", permissions=["archive"])
    @each_row("{count} plan(s) are back from the archive.")
    def unarchive(self, request: HttpRequest, plan: Plan) -> None:
        _require(request, plan, Permission.ARCHIVE_ANY_PLAN)
        plan_unarchive(plan=plan)

    @admin.action(description="Share with the org", permissions=["share"])
    @each_row("{count} plan(s) are shared with their org.")
    def share(self, request: HttpRequest, plan: Plan) -> None:
        _require(request, plan, Permission.MANAGE_ANY_PLAN_SHARES)
        plan_share(plan=plan)

    @admin.action(description="Stop sharing", permissions=["share"])
    @each_row("{count} plan(s) are their owner's alone.")
    def unshare(self, request: HttpRequest, plan: Plan) -> None:
        _require(request, plan, Permission.MANAGE_ANY_PLAN_SHARES)
        plan_unshare(plan=plan)

    @admin.action(description="Transfer to another owner …", permissions=["transfer"])
    def transfer(self, request: HttpRequest, rows: QuerySet[Plan]) -> HttpResponse | None:
        """Asks for the new owner first, who must be a member of the plans' org."""
        plans = list(rows.select_related("org", "owner")[:TRANSFERRED_AT_ONCE])
        orgs = {plan.org_id for plan in plans}
        if len(orgs) != 1:
            messages.error(request, "Choose plans of one org, so that they get one owner.")
            return None
        people = User.objects.filter(memberships__org__in=orgs, is_active=True).order_by("email")
        chosen = people.filter(pk=request.POST.get("new_owner", "")).first()
        if chosen is None:
            context = {
                **self.admin_site.each_context(request),
                "title": "Transfer plans",
                "plans": plans,
                "people": people[:PEOPLE_OFFERED],
                "opts": self.opts,
                "action": "transfer",
            }
            return render(request, "admin/transfer_plans.html", context)
        for plan in plans:
            self._transfer(request, plan, chosen)
        return None

    def _transfer(self, request: HttpRequest, plan: Plan, owner: User) -> None:
        try:
            _require(request, plan, Permission.UPDATE_ANY_PLAN)
            plan_transfer(plan=plan, owner=owner)
        except ApiError as error:
            messages.error(request, f"{plan}: {error.msg}")
        else:
            messages.success(request, f"{plan} belongs to {owner.email} now.")


TRANSFERRED_AT_ONCE = 500
PEOPLE_OFFERED = 1000


def _require(request: HttpRequest, plan: Plan, permission: Permission) -> None:
    if not staff_may(request, permission, org_id=plan.org_id):
        raise PermissionDenied
