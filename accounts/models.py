from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from plandex_server.db import IdModel, now


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, email: str, name: str, password: str | None = None) -> "User":
        email = email.lower()
        user = User(email=email, name=name, domain=email.rpartition("@")[2])
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
    token_hash = models.CharField(max_length=64, unique=True, null=True)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id


PlanConfigJson = Mapping[str, Any]
