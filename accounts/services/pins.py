"""Mailed PINs: proof that someone reads the mail of an address."""

import secrets
import string
from datetime import timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.errors import PinNotFound, PinRefused
from accounts.models import EmailPin
from accounts.services.limits import PIN_MAILS, WRONG_PINS, limit_check, limit_note
from plandex_server.db import now
from plandex_server.mail import mail_send

PIN_LENGTH = 6
PIN_LIFETIME = timedelta(minutes=5)
_REFUSED = "invalid or expired pin; ask for a new one"
_ALPHABET = string.ascii_letters + string.digits


def random_pin() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(PIN_LENGTH))


def pin_send(*, email: str, network: str) -> None:
    """Mails a new PIN; earlier ones stay valid for their time. A failed mail is an error."""
    limit_check(PIN_MAILS, subject=email, network=network)
    limit_note(PIN_MAILS, subject=email, network=network)
    pin = random_pin()
    EmailPin.objects.filter(created_at__lt=now() - 2 * PIN_LIFETIME).delete()
    EmailPin.objects.create(email=email, pin_hash=_hash(email, pin))
    mail_send("verification", to=email, values={"pin": pin, "minutes": 5})


def pin_use(*, email: str, pin: str, network: str, error: str) -> None:
    """Consumes an open PIN of the address; else `PinRefused`, whose text begins with `error`."""
    found = _find(email=email, pin=pin, network=network)
    used = EmailPin.objects.filter(pk=found.pk, used_at=None).update(used_at=now()) if found else 0
    if not used:
        raise PinRefused(f"{error}: {_REFUSED}")


def pin_check(*, email: str, pin: str, network: str) -> None:
    """Whether `pin_use` would succeed, without consuming the PIN."""
    if _find(email=email, pin=pin, network=network) is None:
        raise PinNotFound(_REFUSED.capitalize())


def _find(*, email: str, pin: str, network: str) -> EmailPin | None:
    limit_check(WRONG_PINS, subject=email, network=network)
    wanted = _hash(email, pin)
    open_pins = EmailPin.objects.filter(
        email=email, used_at=None, created_at__gt=now() - PIN_LIFETIME
    )
    # Every candidate is compared, so that the time taken tells nothing.
    matches = [row for row in open_pins if constant_time_compare(row.pin_hash, wanted)]
    if not matches:
        limit_note(WRONG_PINS, subject=email, network=network)
    return matches[0] if matches else None


def _hash(email: str, pin: str) -> str:
    return salted_hmac("accounts.pin", f"{email}\n{pin}", algorithm="sha256").hexdigest()
