"""Who is in an org, with which role."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest

from orgs.admin.access import staff_may, staff_may_somewhere
from orgs.logic.permissions import Permission, Role
from orgs.models import Membership
from orgs.services.membership import (
    membership_add,
    membership_remove,
    membership_role_set,
)
from plandex_server.admin.base import ServiceForm, ServiceModelAdmin, each_row
from plandex_server.admin.filters import AutocompleteFilter, ChoicesFilter
from plandex_server.admin.scoping import is_superuser
from plandex_server.errors import Forbidden


class RoleForm(ServiceForm[Membership]):
    class Meta:
        model = Membership
        fields = ("role",)

    def perform(self, data: dict[str, Any]) -> Membership:
        role = Role(data["role"])
        # Of the role that the person has by now, and of the one that is to be given.
        present = Membership.objects.select_for_update().get(pk=self.instance.pk)
        for target in (Role(present.role), role):
            _require(self.request, Permission.SET_USER_ROLE, self.instance, target)
        return membership_role_set(membership=self.instance, role=role)


class NewMemberForm(ServiceForm[Membership]):
    class Meta:
        model = Membership
        fields = ("org", "user", "role")

    def perform(self, data: dict[str, Any]) -> Membership:
        return membership_add(org=data["org"], user=data["user"], role=Role(data["role"]))


def _require(
    request: HttpRequest, permission: Permission, membership: Membership, target: Role
) -> None:
    if not staff_may(request, permission, org_id=membership.org_id, target=target):
        raise Forbidden(f"Your role in the org does not allow this for {target.label}s.")


@admin.register(Membership)
class MemberPages(ServiceModelAdmin[Membership]):
    org_path = "org"
    form = RoleForm
    list_display = ("user", "org", "role", "created_at")
    list_select_related = ("user", "org")
    list_filter = (("org", AutocompleteFilter), ("role", ChoicesFilter))
    search_fields = ("user__email", "user__name", "org__name")
    ordering = ("org__name", "user__email")
    autocomplete_fields = ("org", "user")
    readonly_fields = ("org", "user", "created_at", "updated_at")
    fieldsets = ((None, {"fields": ("org", "user", "role", "created_at", "updated_at")}),)
    add_fieldsets = ((None, {"fields": ("org", "user", "role")}),)
    actions = ("remove",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Staff of an org invite people: they can't know all users of the server."""
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        if obj is None:
            return staff_may_somewhere(request, Permission.SET_USER_ROLE)
        target = Role(obj.role)
        return staff_may(request, Permission.SET_USER_ROLE, org_id=obj.org_id, target=target)

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        """The service keeps the last owner; deleting rows would not."""
        return False

    def has_remove_permission(self, request: HttpRequest) -> bool:
        return staff_may_somewhere(request, Permission.REMOVE_USER)

    def get_form(
        self,
        request: HttpRequest,
        obj: Membership | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        if obj is None:
            kwargs["form"] = NewMemberForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> Any:
        return () if obj is None else super().get_readonly_fields(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user", "org")

    @admin.action(description="Remove from the org", permissions=["remove"])
    @each_row("{count} member(s) were removed.")
    def remove(self, request: HttpRequest, membership: Membership) -> None:
        target = Role(membership.role)
        if not staff_may(request, Permission.REMOVE_USER, org_id=membership.org_id, target=target):
            raise PermissionDenied
        membership_remove(membership=membership)
