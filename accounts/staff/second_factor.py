"""The second factor of staff: a time-based code of an authenticator app.

It is each person's choice, unless `ADMIN_REQUIRE_2FA` asks it of everyone. Who has one must show it
at each sign-in; who must have one and has none is led to its enrolment and nowhere else.
"""

from dataclasses import dataclass

import segno
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django_otp import DEVICE_ID_SESSION_KEY, login
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.services.limits import WRONG_TOKENS, limit_check, limit_note
from plandex_server.errors import BadRequest

_NAME = "authenticator app"
_HAS_DEVICE = "_has_second_factor"
WRONG = "That code is wrong or used up; wait for the next one and try again."


def device_of(user: User) -> TOTPDevice | None:
    """The person's confirmed authenticator."""
    found: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    return found


def is_satisfied(request: HttpRequest) -> bool:
    """Whether the sign-in has shown all that is asked of it; one query per request at most."""
    user = request.user
    if not isinstance(user, User) or user.is_verified():  # type: ignore[attr-defined]  # otp adds it
        return True
    return not settings.ADMIN_REQUIRE_2FA and not _has_device(request, user)


def _has_device(request: HttpRequest, user: User) -> bool:
    """The site asks this several times while it answers a request."""
    has = getattr(request, _HAS_DEVICE, None)
    if has is None:
        has = device_of(user) is not None
        setattr(request, _HAS_DEVICE, has)
    return bool(has)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app is given: the address as a picture, and its secret as text."""

    device: TOTPDevice
    picture: str
    secret: str


def enrolment(user: User) -> Enrolment:
    """The enrolment under way, begun now if there is none."""
    begun = TOTPDevice.objects.filter(user=user, confirmed=False).order_by("pk")
    # Two pages opened at once may begin two: the first one counts.
    device = begun.first() or TOTPDevice.objects.create(user=user, confirmed=False, name=_NAME)
    picture = segno.make(device.config_url, error="m").svg_inline(scale=5, border=2, light="#fff")
    secret = device.config_url.partition("secret=")[2].partition("&")[0]
    return Enrolment(device=device, picture=picture, secret=secret)


def enrolment_confirm(request: HttpRequest, *, user: User, token: str, network: str) -> None:
    """Ends an enrolment by a first code, which also verifies this sign-in."""
    device = enrolment(user).device
    _check(user, device, token, network)
    TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
    device.confirmed = True
    login(request, device)


def token_check(request: HttpRequest, *, user: User, token: str, network: str) -> None:
    """Verifies this sign-in by a code."""
    device = device_of(user)
    if device is None:
        raise BadRequest("You have no second factor.")
    _check(user, device, token, network)
    login(request, device)


def device_remove(request: HttpRequest, *, user: User) -> None:
    """Removes the person's own second factor; nobody else's session is touched."""
    TOTPDevice.objects.filter(user=user).delete()
    request.session.pop(DEVICE_ID_SESSION_KEY, None)


def device_reset(*, user: User) -> int:
    """Removes the second factor of someone who lost it; how many there were."""
    count, _ = TOTPDevice.objects.filter(user=user).delete()
    return int(count)


def _check(user: User, device: TOTPDevice, token: str, network: str) -> None:
    limit_check(WRONG_TOKENS, subject=user.pk, network=network)
    with transaction.atomic():
        # Locked, so that a code is used once even when it comes twice at the same moment.
        locked = TOTPDevice.objects.select_for_update().get(pk=device.pk)
        is_right = locked.verify_token(token.replace(" ", ""))
    if not is_right:
        limit_note(WRONG_TOKENS, subject=user.pk, network=network)
        raise BadRequest(WRONG)
