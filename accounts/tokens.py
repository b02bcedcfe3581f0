"""Sign-in tokens: JWTs whose `jti` is a stored row, and opaque tokens known by their hash.

The row decides, not the JWT alone: signing out or an admin ends a token at once.
"""

import hashlib
import uuid
from datetime import timedelta
from functools import lru_cache
from typing import Literal

from django.conf import settings
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import Token

from accounts.models import AuthToken, User
from plandex_server.db import now
from plandex_server.errors import InvalidToken


class SignInToken(Token):
    token_type = "access"
    lifetime = timedelta(days=settings.TOKEN_DAYS)


def token_issue(*, user: User) -> tuple[AuthToken, str]:
    """A new sign-in of the user, and its JWT. Earlier ones stay valid."""
    issued = now()
    token = AuthToken.objects.create(
        user=user, created_at=issued, expires_at=issued + SignInToken.lifetime
    )
    jwt = SignInToken()
    jwt["jti"] = token.id
    jwt["user_id"] = user.id
    return token, str(jwt)


def token_find(text: str) -> AuthToken:
    """The live token of this text with its user, in one query; else `InvalidToken`."""
    field, value = token_key(text)
    live = {"revoked_at": None, "expires_at__gt": now(), "user__is_active": True}
    token = AuthToken.objects.select_related("user").filter(**{field: value}, **live).first()
    if token is None:
        raise _invalid()
    return token


def token_revoke(*, token: AuthToken) -> None:
    AuthToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now())


def opaque_hash(text: str) -> str | None:
    """How a token that is a bare UUID is stored: the SHA-256 of its 16 bytes."""
    try:
        return hashlib.sha256(uuid.UUID(text).bytes).hexdigest()
    except ValueError:
        return None


def token_key(text: str) -> tuple[Literal["id", "token_hash"], str]:
    """The field of the row that the text names, and its value; `InvalidToken` for any other
    text. Whether there is a row, and a live one, is not known yet."""
    if text.count(".") == 2:
        return "id", _jti(text)
    token_hash = opaque_hash(text)
    if token_hash is None:
        raise _invalid()
    return "token_hash", token_hash


@lru_cache(maxsize=1024)
def _jti(text: str) -> str:
    """Kept, as the signature of a text is right for ever: when it ends, its row says."""
    try:
        # The stubs name the class where the library takes the encoded text.
        jti = SignInToken(text)["jti"]  # type: ignore[arg-type]
    except (TokenError, UnicodeError):
        raise _invalid() from None
    return str(jti)


def _invalid() -> InvalidToken:
    return InvalidToken("Invalid auth token")
