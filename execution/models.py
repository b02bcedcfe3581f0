from django.db import models

from plandex_server.db import IdModel, now


class RunKind(models.TextChoices):
    TELL = "tell"
    BUILD = "build"


class RunEnd(models.TextChoices):
    """The one terminal event of a run."""

    FINISHED = "finished"
    ABORTED = "aborted"
    ERROR = "error"


class Run(IdModel):
    """One tell or build. While `finished_at` is null it is the branch's only active run."""

    plan = models.ForeignKey("plans.Plan", on_delete=models.CASCADE, related_name="runs")
    branch = models.ForeignKey("plans.Branch", on_delete=models.CASCADE, related_name="runs")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=RunKind.choices)
    # The request as JSON, compressed: it holds every path of the project.
    request = models.BinaryField()
    sealed_credentials = models.BinaryField(null=True)
    iteration = models.PositiveIntegerField(default=0)
    # The process that executes the run, and how many have tried to since the last whole reply.
    owner = models.CharField(max_length=64, default="", blank=True)
    attempt = models.PositiveIntegerField(default=1)
    heartbeat_at = models.DateTimeField(default=now)
    stop_requested_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)
    # When a process first took it.
    began_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=16, choices=RunEnd.choices, default="", blank=True)
    error = models.TextField(default="", blank=True)
    idempotency_key = models.CharField(max_length=255, default="", blank=True)
    request_hash = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["branch"],
                condition=models.Q(finished_at__isnull=True),
                name="one_active_run_per_branch",
            ),
            models.UniqueConstraint(
                fields=["user", "idempotency_key"],
                condition=~models.Q(idempotency_key=""),
                name="one_run_per_idempotency_key",
            ),
        ]
        indexes = [
            models.Index(fields=["plan", "created_at"], name="runs_of_a_plan"),
            models.Index(fields=["-created_at"], name="runs_by_time"),
            models.Index(fields=["end", "-created_at"], name="runs_by_end"),
            models.Index(
                fields=["user"],
                name="active_runs_of_a_user",
                condition=models.Q(finished_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id[:8]}"


class RunEvents(models.Model):
    """A stretch of a run's event log, written at least once a second.

    `payload` is the JSON list of events `first` to `last`. `raw` is the model's own text of the
    stretch, for the reply `reply_id`; `restarted` says that what was said of it before counts no
    more. What a dead process had received can be stored from it.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="stretches")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    payload = models.BinaryField()
    reply_id = models.CharField(max_length=36, default="", blank=True)
    raw = models.TextField(default="", blank=True)
    restarted = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"{self.first}–{self.last} of {self.run_id}"


class PendingAction(IdModel):
    """A question of a run to its user's client; the first answer wins."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="actions")
    kind = models.CharField(max_length=32)
    payload = models.JSONField()
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(default=now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run"],
                condition=models.Q(answered_at__isnull=True),
                name="one_open_question_per_run",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.run_id}"


class BuildState(models.TextChoices):
    """`given up` is a failure that nobody wants built any more: a later operation overtook it."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    GIVEN_UP = "given up"


class Build(IdModel):
    """One file operation being turned into a pending change.

    `result` keeps a finished build's outcome until it is committed to the branch, so that a dead
    process loses no finished work.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="builds")
    plan = models.ForeignKey("plans.Plan", on_delete=models.CASCADE, related_name="builds")
    message_id = models.CharField(max_length=36)
    path = models.TextField()
    state = models.CharField(max_length=16, choices=BuildState.choices)
    error = models.TextField(default="", blank=True)
    result = models.BinaryField(null=True)
    committed = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"{self.path} ({self.state})"


class CallResult(models.TextChoices):
    """How a model call ended; a failure is `error: <kind>`."""

    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    KILLED = "killed"


class ModelCall(IdModel):
    """What one call of a model used and cost.

    The row is written before the call, so that a call whose process dies is known too; while it
    runs, `reserved` is what it may cost. `reported` says that the provider counted the tokens, else
    they are estimates. Prices are dollars per million tokens; without a known price `cost` is null.
    """

    org = models.ForeignKey("orgs.Org", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True)
    plan = models.ForeignKey("plans.Plan", on_delete=models.SET_NULL, null=True)
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True)
    session_id = models.CharField(max_length=64, default="", blank=True)
    role = models.CharField(max_length=32)
    purpose = models.CharField(max_length=64)
    pack = models.CharField(max_length=255)
    model_id = models.CharField(max_length=255)
    model_name = models.CharField(max_length=255)
    provider = models.CharField(max_length=255)
    # Whether the org's own key paid, not one that came with the request.
    org_key = models.BooleanField(default=False)
    input_tokens = models.PositiveIntegerField(default=0)
    cached_tokens = models.PositiveIntegerField(default=0)
    cache_write_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    reasoning_tokens = models.PositiveIntegerField(default=0)
    reported = models.BooleanField(default=True)
    input_price = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    output_price = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    cost = models.DecimalField(max_digits=20, decimal_places=10, null=True)
    # What the provider's cache saved, and what a running call may cost.
    cache_saving = models.DecimalField(max_digits=20, decimal_places=10, default=0)
    reserved = models.DecimalField(max_digits=20, decimal_places=10, default=0)
    result = models.CharField(max_length=32)
    started_at = models.DateTimeField()
    first_token_ms = models.PositiveIntegerField(null=True)
    duration_ms = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["org", "started_at"], name="calls_of_an_org"),
            models.Index(fields=["user", "started_at"], name="calls_of_a_user"),
            models.Index(fields=["plan", "started_at"], name="calls_of_a_plan"),
            models.Index(fields=["started_at"], name="calls_by_time"),
            models.Index(
                fields=["session_id", "started_at"],
                name="calls_of_a_session",
                condition=~models.Q(session_id=""),
            ),
            models.Index(
                fields=["org"], name="running_calls", condition=models.Q(result="running")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} by {self.model_id}"


DAY_SUMS = (
    "calls",
    "failed",
    "unpriced",
    "input_tokens",
    "cached_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "cost",
    "cache_saving",
)
"""The fields of a `UsageDay` that are added up."""


class UsageDay(models.Model):
    """A day's model calls of one user on one plan in one role by one model, added up (UTC).

    It is kept up to date with every call that ends, outlives the calls, and is what sums over more
    than a day are made of. `user` and `plan` may be gone: the ids stay.
    """

    org = models.ForeignKey("orgs.Org", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    user = models.ForeignKey(
        "accounts.User",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    plan = models.ForeignKey(
        "plans.Plan", on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    role = models.CharField(max_length=32)
    purpose = models.CharField(max_length=64)
    model_id = models.CharField(max_length=255)
    model_name = models.CharField(max_length=255)
    provider = models.CharField(max_length=255)
    calls = models.PositiveIntegerField(default=0)
    # Calls that failed, and calls without a known price.
    failed = models.PositiveIntegerField(default=0)
    unpriced = models.PositiveIntegerField(default=0)
    input_tokens = models.PositiveBigIntegerField(default=0)
    cached_tokens = models.PositiveBigIntegerField(default=0)
    cache_write_tokens = models.PositiveBigIntegerField(default=0)
    output_tokens = models.PositiveBigIntegerField(default=0)
    reasoning_tokens = models.PositiveBigIntegerField(default=0)
    cost = models.DecimalField(max_digits=24, decimal_places=10, default=0)
    cache_saving = models.DecimalField(max_digits=24, decimal_places=10, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "org",
                    "day",
                    "user",
                    "plan",
                    "role",
                    "purpose",
                    "model_id",
                    "model_name",
                    "provider",
                ],
                name="one_sum_per_day_and_kind",
            )
        ]
        indexes = [
            models.Index(fields=["user", "day"], name="usage_of_a_user"),
            models.Index(fields=["plan", "day"], name="usage_of_a_plan"),
            # Holds what the costs of all orgs are added up from.
            models.Index(fields=["day"], include=["cost"], name="usage_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.model_id} on {self.day}"
