"""Sign-in codes: a signed-in user takes them to another device; each works once."""

from datetime import timedelta

from django.utils.crypto import salted_hmac

from accounts.errors import PinRefused
from accounts.models import SignInCode, User
from accounts.services.limits import NEW_CODES, WRONG_CODES, limit_check, limit_note
from accounts.services.pins import random_pin
from plandex_server.db import now

CODE_LIFETIME = timedelta(minutes=5)


def code_create(*, user: User, org_id: str, network: str) -> str:
    limit_check(NEW_CODES, subject=user.id, network=network)
    limit_note(NEW_CODES, subject=user.id, network=network)
    SignInCode.objects.filter(created_at__lt=now() - 2 * CODE_LIFETIME).delete()
    code = random_pin()
    SignInCode.objects.create(code_hash=_hash(code), user=user, org_id=org_id)
    return code


def code_use(*, code: str, network: str) -> SignInCode:
    """Consumes an open code and returns it with its user; else `PinRefused`."""
    limit_check(WRONG_CODES, subject=network, network=network)
    found = (
        SignInCode.objects.select_related("user")
        .filter(code_hash=_hash(code), used_at=None, created_at__gt=now() - CODE_LIFETIME)
        .first()
    )
    used = (
        SignInCode.objects.filter(pk=found.pk, used_at=None).update(used_at=now()) if found else 0
    )
    if found is None or not used or not found.user.is_active:
        limit_note(WRONG_CODES, subject=network, network=network)
        raise PinRefused("Error signing in: invalid or expired sign-in code; make a new one")
    return found


def _hash(code: str) -> str:
    return salted_hmac("accounts.code", code, algorithm="sha256").hexdigest()
