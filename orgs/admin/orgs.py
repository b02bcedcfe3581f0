"""Orgs and their settings."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from orgs.admin.access import staff_may
from orgs.logic.permissions import Permission
from orgs.models import Org
from orgs.services.orgs import org_create, org_update
from plandex_server.admin.base import ServiceForm, ServiceModelAdmin
from plandex_server.admin.scoping import is_superuser

_OPEN = "Everyone with an address of the owner's domain joins by signing up."


class OrgForm(ServiceForm[Org]):
    class Meta:
        model = Org
        fields = ("name", "auto_add_domain_users")
        help_texts = {"auto_add_domain_users": _OPEN}

    def perform(self, data: dict[str, Any]) -> Org:
        return org_update(org=self.instance, **data)


class NewOrgForm(ServiceForm[Org]):
    class Meta:
        model = Org
        fields = ("name", "owner", "auto_add_domain_users")
        help_texts = {"auto_add_domain_users": _OPEN}

    def perform(self, data: dict[str, Any]) -> Org:
        return org_create(user=data.pop("owner"), **data)


@admin.register(Org)
class OrgPages(ServiceModelAdmin[Org]):
    org_path = "pk"
    records_changes = True
    form = OrgForm
    list_display = ("name", "owner", "members", "domain", "integrated_models_mode", "created_at")
    list_select_related = ("owner",)
    list_filter = ("integrated_models_mode", "auto_add_domain_users")
    search_fields = ("name", "domain", "owner__email")
    ordering = ("name",)
    sortable_by = ("name",)
    autocomplete_fields = ("owner",)
    readonly_fields = ("owner", "domain", "integrated_models_mode", "created_at", "updated_at")
    fieldsets = (
        (None, {"fields": ("name", "owner", "auto_add_domain_users", "domain")}),
        ("About", {"fields": ("integrated_models_mode", "created_at", "updated_at")}),
    )
    add_fieldsets = ((None, {"fields": ("name", "owner", "auto_add_domain_users")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Org]:
        return super().get_queryset(request).annotate(member_count=Count("memberships"))

    @admin.display(description="Members")
    def members(self, org: Org) -> int:
        return org.member_count  # type: ignore[attr-defined, no-any-return]  # annotated above

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Org | None = None) -> bool:
        if obj is None:
            return self.has_view_permission(request)
        return staff_may(request, Permission.MANAGE_EMAIL_DOMAIN_AUTH, org_id=obj.pk)

    def get_form(
        self, request: HttpRequest, obj: Org | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = NewOrgForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Org | None = None) -> Any:
        return () if obj is None else super().get_readonly_fields(request, obj)
