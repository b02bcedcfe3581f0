from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from accounts.logic.emails import domain_of, normalized
from plandex_server.db import IdModel, now


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, email: str, name: str, password: str | None = None) -> "User":
        email = normalized(email)
        user = User(email=email, name=name, domain=domain_of(email))
        user.set_password(password)
        user.save(force_insert=True)
        return user

    def create_superuser(self, *, email: str, name: str, password: str | None = None) -> "User":
        user = self.create_user(email=email, name=name, password=password)
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
        return user


class User(IdModel, AbstractBaseUser, PermissionsMixin):
    """A person. CLI users sign in by PIN; only staff of the admin have a password."""

    email = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=255)
    domain = models.CharField(max_length=255, db_index=True)
    num_non_draft_plans = models.PositiveIntegerField(default=0)
    default_plan_config = models.JSONField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.email


class AuthToken(IdModel):
    """A sign-in. `id` is the `jti` of its JWT; `token_hash` is set for tokens that are no JWT."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    # NULL, not "": only NULLs may repeat in a unique column.
    token_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    # The last value of its org's mode that this sign-in was told to fetch.
    told_integrated_models_mode = models.BooleanField(null=True)

    def __str__(self) -> str:
        return self.id


class EmailPin(IdModel):
    """A PIN that was mailed to an address; only a keyed hash of it is kept."""

    email = models.CharField(max_length=255)
    pin_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["email", "created_at"], name="pins_of_an_address")]

    def __str__(self) -> str:
        return f"PIN for {self.email}"


class SignInCode(IdModel):
    """A code that signs its user in once, for one org, on another device."""

    code_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    # The id alone: this app stands below the one that knows orgs.
    org_id = models.CharField(max_length=36)
    created_at = models.DateTimeField(default=now)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code for {self.user_id}"


class RateEvent(models.Model):
    """Something that is limited in number, once per address and network it counts for."""

    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=300)
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "key", "created_at"], name="events_of_a_key"),
            models.Index(fields=["created_at"], name="events_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
