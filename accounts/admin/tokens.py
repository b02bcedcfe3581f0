"""Sign-ins of the CLI and other clients, to see and to revoke."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.people import people_in, people_outside
from accounts.models import AuthToken
from accounts.tokens import token_revoke
from plandex_server.admin.base import OrgModelAdmin, each_row
from plandex_server.admin.filters import AutocompleteFilter
from plandex_server.admin.scoping import is_superuser, managed_orgs
from plandex_server.admin.typed import coloured
from plandex_server.db import now


@admin.register(AuthToken)
class TokenPages(OrgModelAdmin[AuthToken]):
    """A sign-in is its user's, in all the user's orgs: staff of orgs see those of people who are in
    no other org, so that nobody signs out another org's people."""

    org_path = "user__memberships"  # some, not one: `in_scope` follows them
    records_changes = True
    list_display = ("user", "state", "created_at", "expires_at", "revoked_at")
    list_select_related = ("user",)
    list_filter = (("user", AutocompleteFilter),)
    search_fields = ("user__email", "user__name")
    ordering = ("-created_at",)
    fields = ("user", "state", "created_at", "expires_at", "revoked_at")
    actions = ("revoke",)
    object_actions = ("revoke",)

    def in_scope(self, request: HttpRequest, rows: QuerySet[AuthToken]) -> QuerySet[AuthToken]:
        if is_superuser(request):
            return rows
        orgs = list(managed_orgs(request))
        return rows.filter(user__in=people_in(orgs)).exclude(user__in=people_outside(orgs))

    def offers(self, row: AuthToken, action: str) -> bool:
        return self.state(row) == "live"

    @coloured("State", {"live": "success", "revoked": "danger", "expired": "warning"})
    def state(self, token: AuthToken) -> str:
        if token.revoked_at is not None:
            return "revoked"
        return "live" if token.expires_at > now() else "expired"

    @admin.action(description="Revoke", permissions=["view"])
    @each_row("{count} sign-in(s) were revoked.")
    def revoke(self, request: HttpRequest, token: AuthToken) -> None:
        token_revoke(token=token)
