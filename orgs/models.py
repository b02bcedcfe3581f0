from django.db import models

from orgs.logic.permissions import Role
from plandex_server.db import IdModel, now


class Org(IdModel):
    name = models.CharField(max_length=255)
    domain = models.CharField(max_length=255, unique=True, null=True, blank=True)
    auto_add_domain_users = models.BooleanField(default=False)
    # Set while the org holds provider keys: its members then need none of their own.
    integrated_models_mode = models.BooleanField(default=False)
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="owned_orgs")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class Membership(IdModel):
    """A user in an org, with one role and the user's own settings there."""

    org = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=32, choices=[(role.value, role.label) for role in Role])
    config = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "user"], name="one_membership_per_user_and_org")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.org_id}"


class Invite(IdModel):
    org = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="invites")
    email = models.CharField(max_length=255, db_index=True)
    name = models.CharField(max_length=255)
    role = models.CharField(max_length=32, choices=[(role.value, role.label) for role in Role])
    inviter = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    invitee = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["org", "email"],
                condition=models.Q(accepted_at__isnull=True),
                name="one_pending_invite_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.org_id}"
