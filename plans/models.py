from django.db import models

from plandex_server.db import IdModel, now


class PlanStatus(models.TextChoices):
    """What a branch is doing; the words are the CLI's."""

    DRAFT = "draft"
    REPLYING = "replying"
    DESCRIBING = "describing"
    BUILDING = "building"
    MISSING_FILE = "missingFile"
    FINISHED = "finished"
    STOPPED = "stopped"
    ERROR = "error"


class Plan(IdModel):
    org = models.ForeignKey("orgs.Org", on_delete=models.CASCADE, related_name="plans")
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="plans")
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="plans")
    name = models.CharField(max_length=255)
    shared_with_org_at = models.DateTimeField(null=True, blank=True)
    total_replies = models.PositiveIntegerField(default=0)
    config = models.JSONField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [
            models.Index(fields=["project", "owner", "archived_at"], name="plans_of_a_project"),
            models.Index(fields=["org", "-updated_at"], name="plans_of_an_org"),
            models.Index(fields=["-updated_at"], name="plans_by_update"),
        ]

    def __str__(self) -> str:
        return self.name


class Branch(IdModel):
    """A named pointer into a plan's history, with counters that follow its head."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="branches")
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=255)
    head = models.ForeignKey("Commit", on_delete=models.DO_NOTHING, null=True, related_name="+")
    status = models.CharField(max_length=32, choices=PlanStatus.choices, default=PlanStatus.DRAFT)
    error = models.TextField(default="", blank=True)
    context_tokens = models.IntegerField(default=0)
    convo_tokens = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "name"], name="one_branch_per_plan_and_name")
        ]

    def __str__(self) -> str:
        return self.name


class Commit(models.Model):
    """One revision of a plan: an immutable row that names a tree per kind.

    `sha` is the hex SHA-256 of everything below it, so equal histories have equal names; it is
    unique within a plan. `trees` maps a kind to the hash of its tree object.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="commits")
    sha = models.CharField(max_length=64)
    # Nothing to do on deletion: a history goes as a whole, and constraints are checked at the end.
    parent = models.ForeignKey("self", on_delete=models.DO_NOTHING, null=True, related_name="+")
    trees = models.JSONField()
    message = models.TextField()
    context_tokens = models.IntegerField(default=0)
    convo_tokens = models.IntegerField(default=0)
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "sha"], name="one_commit_per_plan_and_sha")
        ]

    def __str__(self) -> str:
        return self.sha[:8]


class PlanObject(models.Model):
    """An immutable blob of a plan, named by the SHA-256 of its content."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="objects_of_history")
    hash = models.CharField(max_length=64)
    data = models.BinaryField()
    compressed = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "hash"], name="one_object_per_plan_and_hash")
        ]

    def __str__(self) -> str:
        return self.hash[:8]


class ConvoSummary(IdModel):
    """A summary of a conversation up to one message; it serves every branch that holds it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="summaries")
    latest_message_id = models.CharField(max_length=36)
    latest_message_created_at = models.DateTimeField()
    summary = models.TextField()
    tokens = models.PositiveIntegerField()
    num_messages = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["plan", "created_at"], name="summaries_of_a_plan")]

    def __str__(self) -> str:
        return self.id
