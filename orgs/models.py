from django.db import models

from orgs.logic.budgets import Period
from orgs.logic.permissions import Role
from plandex_server.db import IdModel, now


class Org(IdModel):
    name = models.CharField(max_length=255)
    domain = models.CharField(max_length=255, unique=True, null=True, blank=True)
    auto_add_domain_users = models.BooleanField(default=False)
    # Set while the org holds provider keys: its members then need none of their own.
    integrated_models_mode = models.BooleanField(default=False)
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="owned_orgs")
    # Changes with the org's models, packs, default settings and prices (`models_config.stamps`).
    # The database has a default too: processes of an earlier version know nothing of it.
    models_stamp = models.CharField(
        max_length=36, default="", db_default="", blank=True, editable=False
    )
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
        return f"{self.user} in {self.org}"


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
        return f"{self.email} to {self.org}"


class KeyCheck(models.TextChoices):
    """What the provider said of a key when it was last asked."""

    NEVER = ""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


class ProviderKey(IdModel):
    """What an org holds to call one provider, sealed. Nothing shows it again."""

    org = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="provider_keys")
    # The id of a built-in provider, or `custom|<name>`.
    provider = models.CharField(max_length=255)
    # JSON: the values by variable name. A file of credentials is the value of its variable.
    sealed = models.BinaryField()
    variables = models.JSONField(default=list)
    # The key's last characters, to tell two keys apart; nothing of a short one.
    hint = models.CharField(max_length=4, default="", blank=True)
    # A custom provider's address when its key was given: to another one the key is never sent.
    address = models.TextField(default="", blank=True)
    created_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    updated_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)
    checked_at = models.DateTimeField(null=True)
    check_result = models.CharField(
        max_length=16, choices=KeyCheck.choices, default=KeyCheck.NEVER, blank=True
    )
    check_note = models.CharField(max_length=255, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "provider"], name="one_key_per_org_and_provider")
        ]

    def __str__(self) -> str:
        return f"{self.provider} of {self.org}"


class Budget(IdModel):
    """Limits in dollars on what an org, one of its people or one plan spends in a period.

    Over the soft limit people are warned, at the hard one runs pause.
    """

    org = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="budgets")
    user = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, null=True, blank=True, related_name="budgets"
    )
    plan = models.ForeignKey(
        "plans.Plan", on_delete=models.CASCADE, null=True, blank=True, related_name="budgets"
    )
    period = models.CharField(
        max_length=16, choices=[(period.value, period.value.title()) for period in Period]
    )
    soft_limit = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    hard_limit = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    # When the org's admins were last told of each limit; empty after a change of the limits.
    warned_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    updated_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["org", "period"],
                condition=models.Q(user__isnull=True, plan__isnull=True),
                name="one_budget_per_org_and_period",
            ),
            models.UniqueConstraint(
                fields=["org", "user", "period"],
                condition=models.Q(user__isnull=False),
                name="one_budget_per_user_and_period",
            ),
            models.UniqueConstraint(
                fields=["plan", "period"],
                condition=models.Q(plan__isnull=False),
                name="one_budget_per_plan_and_period",
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) | models.Q(plan__isnull=True),
                name="a_budget_of_a_user_or_a_plan",
            ),
            models.CheckConstraint(
                condition=models.Q(soft_limit__gte=0) | models.Q(soft_limit__isnull=True),
                name="no_negative_soft_limit",
            ),
            models.CheckConstraint(
                condition=models.Q(hard_limit__gte=0) | models.Q(hard_limit__isnull=True),
                name="no_negative_hard_limit",
            ),
        ]

    def __str__(self) -> str:
        whose = self.user if self.user_id else self.plan if self.plan_id else self.org
        return f"{self.period} budget of {whose}"


class AuditEvent(models.Model):
    """Who did what, to what, when and from where. Rows are only ever added: triggers in the
    database refuse the rest (`orgs.services.audit` says how old ones go).

    Ids are plain texts, so that an event outlives what it tells of. `details` holds no secrets.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=now)
    # Empty for what belongs to no org, such as a sign-in.
    org_id = models.CharField(max_length=36, default="", blank=True)
    # Empty for what the server does by itself, or a command of its operator.
    actor_id = models.CharField(max_length=36, default="", blank=True)
    actor = models.CharField(max_length=255, default="", blank=True)
    action = models.CharField(max_length=64)
    target_kind = models.CharField(max_length=32, default="", blank=True)
    target_id = models.CharField(max_length=255, default="", blank=True)
    target = models.CharField(max_length=255, default="", blank=True)
    # api, cli, admin or command, and the sender's network address.
    via = models.CharField(max_length=16, default="", blank=True)
    network = models.CharField(max_length=64, default="", blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["org_id", "at"], name="audit_of_an_org"),
            models.Index(fields=["org_id", "action", "at"], name="audit_by_action"),
            models.Index(fields=["actor_id", "at"], name="audit_of_an_actor"),
            # What the audit log is searched by.
            models.Index(fields=["actor"], name="audit_by_actor"),
            models.Index(fields=["target_id"], name="audit_of_a_target"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action} by {self.actor or 'the server'}"


class AuditErasure(models.Model):
    """While a transaction holds a row here, it may delete audit events and blank their people."""

    why = models.CharField(max_length=255)

    def __str__(self) -> str:
        return self.why
