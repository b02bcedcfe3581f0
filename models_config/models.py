from django.db import models

from plandex_server.db import IdModel, now


class CustomModel(IdModel):
    """A model that an org defined. Its properties are one JSON object, kept as they were sent."""

    org = models.ForeignKey("orgs.Org", on_delete=models.CASCADE, related_name="custom_models")
    model_id = models.CharField(max_length=255)
    publisher = models.TextField(default="", blank=True)
    description = models.TextField(default="", blank=True)
    properties = models.JSONField(default=dict)
    providers = models.JSONField(default=list)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "model_id"], name="one_custom_model_per_id")
        ]

    def __str__(self) -> str:
        return self.model_id


class CustomProvider(IdModel):
    """An OpenAI-compatible endpoint that an org defined. Keys are never kept here."""

    org = models.ForeignKey("orgs.Org", on_delete=models.CASCADE, related_name="custom_providers")
    name = models.CharField(max_length=255)
    base_url = models.TextField()
    has_aws_auth = models.BooleanField(default=False)
    skip_auth = models.BooleanField(default=False)
    api_key_env_var = models.TextField(default="", blank=True)
    extra_auth_vars = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "name"], name="one_custom_provider_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class CustomPack(IdModel):
    """A model pack that an org defined."""

    org = models.ForeignKey("orgs.Org", on_delete=models.CASCADE, related_name="model_packs")
    name = models.CharField(max_length=255)
    description = models.TextField(default="", blank=True)
    local_provider = models.CharField(max_length=64, default="", blank=True)
    roles = models.JSONField()
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "name"], name="one_model_pack_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class DefaultSettings(models.Model):
    """The model settings of an org's plans that have none of their own."""

    org = models.OneToOneField(
        "orgs.Org", on_delete=models.CASCADE, primary_key=True, related_name="default_settings"
    )
    model_pack_name = models.CharField(max_length=255, default="", blank=True)
    model_pack = models.JSONField(null=True, blank=True)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name_plural = "default settings"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(model_pack_name="", model_pack__isnull=False)
                | (~models.Q(model_pack_name="") & models.Q(model_pack__isnull=True)),
                name="a_pack_name_or_a_pack",
            )
        ]

    def __str__(self) -> str:
        return f"default settings of {self.org}"


class ModelPrice(IdModel):
    """What an org pays for a model, in dollars per million tokens: for models of its own, and in
    place of the list price of built-in ones. `provider` empty means all that serve the model.

    It stands apart from the custom models, whose every property the CLI replaces.
    """

    org = models.ForeignKey("orgs.Org", on_delete=models.CASCADE, related_name="model_prices")
    model_id = models.CharField(max_length=255)
    provider = models.CharField(max_length=255, default="", blank=True)
    input = models.DecimalField(max_digits=14, decimal_places=6)
    output = models.DecimalField(max_digits=14, decimal_places=6)
    # Empty: what the model read from or wrote to the provider's cache costs as much as other input.
    cached_input = models.DecimalField(max_digits=14, decimal_places=6, null=True, blank=True)
    cache_write = models.DecimalField(max_digits=14, decimal_places=6, null=True, blank=True)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["org", "model_id", "provider"], name="one_price_per_model_and_provider"
            ),
            models.CheckConstraint(
                condition=models.Q(input__gte=0) & models.Q(output__gte=0),
                name="no_negative_price",
            ),
        ]

    def __str__(self) -> str:
        return f"price of {self.model_id}"
