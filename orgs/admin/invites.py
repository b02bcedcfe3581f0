"""Invites: who was asked to join, and asking others."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.logic.emails import normalized
from orgs.admin.access import staff_may, staff_may_somewhere
from orgs.errors import LocalModeRefusal
from orgs.logic.permissions import Permission, Role
from orgs.models import Invite
from orgs.services.invites import invite_create, invite_delete
from plandex_server.admin.base import ServiceForm, ServiceModelAdmin, each_row, user_of
from plandex_server.admin.filters import AutocompleteFilter, ChoicesFilter
from plandex_server.admin.typed import coloured
from plandex_server.api.network import network_of
from plandex_server.errors import Forbidden


class InviteForm(ServiceForm[Invite]):
    name = forms.CharField(required=False, help_text="Left out, the address's first part.")

    class Meta:
        model = Invite
        fields = ("org", "email", "name", "role")

    def perform(self, data: dict[str, Any]) -> Invite:
        if settings.LOCAL_MODE:
            raise LocalModeRefusal("This server runs in local mode, which has a single user.")
        org, role = data["org"], Role(data["role"])
        if not staff_may(self.request, Permission.INVITE_USER, org_id=org.pk, target=role):
            raise Forbidden(f"Your role in {org.name} does not allow inviting {role.label}s.")
        return invite_create(
            org=org,
            inviter=user_of(self.request),
            email=normalized(data["email"]),
            name=data["name"],
            role=role,
            network=network_of(self.request),
        )


@admin.register(Invite)
class InvitePages(ServiceModelAdmin[Invite]):
    org_path = "org"
    form = InviteForm
    list_display = ("email", "name", "org", "role", "inviter", "state", "created_at")
    list_select_related = ("org", "inviter")
    list_filter = (
        ("org", AutocompleteFilter),
        ("role", ChoicesFilter),
        ("accepted_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("email", "name", "org__name")
    ordering = ("-created_at",)
    autocomplete_fields = ("org",)
    fields = ("org", "email", "name", "role", "inviter", "state", "created_at", "accepted_at")
    add_fieldsets = ((None, {"fields": ("org", "email", "name", "role")}),)
    actions = ("withdraw",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return staff_may_somewhere(request, Permission.INVITE_USER)

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    @coloured("State", {"open": "info", "accepted": "success"})
    def state(self, invite: Invite) -> str:
        return "accepted" if invite.accepted_at else "open"

    @admin.action(description="Withdraw", permissions=["withdraw"])
    @each_row("{count} invite(s) were withdrawn.")
    def withdraw(self, request: HttpRequest, invite: Invite) -> None:
        target = Role(invite.role)
        if not staff_may(request, Permission.INVITE_USER, org_id=invite.org_id, target=target):
            raise PermissionDenied
        invite_delete(invite=invite)
