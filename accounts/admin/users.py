"""Users. Staff of an org see its people; only superusers change accounts: they are of no org."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.people import people_in
from accounts.models import User
from accounts.services.staff import staff_create, user_sign_out, user_update
from accounts.staff.second_factor import device_reset
from plandex_server.admin.base import ServiceForm, ServiceModelAdmin, each_row
from plandex_server.admin.scoping import is_superuser, managed_orgs


class UserForm(ServiceForm[User]):
    class Meta:
        model = User
        fields = ("name", "is_active", "is_staff", "is_superuser")
        help_texts: ClassVar[dict[str, str]] = {
            "is_active": "Switched off, the account can't sign in, and is signed out everywhere.",
            "is_staff": "May enter the admin, to manage the orgs whose owner or admin the person "
            "is.",
            "is_superuser": "Sees and changes everything.",
        }

    def perform(self, data: dict[str, Any]) -> User:
        return user_update(user=self.instance, **data)


class StaffForm(ServiceForm[User]):
    """A new member of staff. Users of the CLI make their accounts themselves."""

    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text="At least 12 characters, not a common word or number.",
    )

    class Meta:
        model = User
        fields = ("email", "name", "is_superuser")

    def perform(self, data: dict[str, Any]) -> User:
        return staff_create(**data)


@admin.register(User)
class UserPages(ServiceModelAdmin[User]):
    org_path = "memberships"  # some, not one: `in_scope` follows them
    records_changes = True
    form = UserForm
    list_display = ("email", "name", "is_active", "is_staff", "is_superuser", "created_at")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name")
    ordering = ("email",)
    sortable_by = ("email",)
    readonly_fields = ("email", "num_non_draft_plans", "last_login", "created_at", "updated_at")
    fieldsets = (
        (None, {"fields": ("email", "name")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("About", {"fields": ("num_non_draft_plans", "last_login", "created_at", "updated_at")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "password", "is_superuser")}),)
    actions = ("sign_out", "reset_second_factor")
    object_actions = ("sign_out", "reset_second_factor")

    def in_scope(self, request: HttpRequest, rows: QuerySet[User]) -> QuerySet[User]:
        if is_superuser(request):
            return rows
        return rows.filter(pk__in=people_in(list(managed_orgs(request))))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return is_superuser(request)

    def has_act_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = StaffForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return () if obj is None else super().get_readonly_fields(request, obj)

    @admin.action(description="Sign out everywhere", permissions=["act"])
    def sign_out(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        count = 0
        for user in rows:
            count += user_sign_out(user=user)
            self.record(user, "signed out everywhere")
        messages.success(request, f"{count} sign-in(s) were revoked.")

    @admin.action(description="Reset second factor", permissions=["act"])
    @each_row("The second factor of {count} user(s) was reset.")
    def reset_second_factor(self, request: HttpRequest, user: User) -> None:
        device_reset(user=user)
