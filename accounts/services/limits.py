"""How often something may happen for one address and one network, over all processes."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.errors import TooManyAttempts
from accounts.models import RateEvent
from plandex_server.db import now

_KEEP = timedelta(days=1)
_FORGET_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `per_subject` and `per_network` events of a kind within the window."""

    kind: str
    window: timedelta
    per_subject: int
    per_network: int


# A PIN has 62^6 values: these limits leave a guesser no hope and a clumsy user no wait.
PIN_MAILS = Limit("pin_mail", timedelta(minutes=15), per_subject=5, per_network=30)
WRONG_PINS = Limit("wrong_pin", timedelta(minutes=15), per_subject=20, per_network=60)
WRONG_CODES = Limit("wrong_code", timedelta(minutes=15), per_subject=20, per_network=20)
WRONG_PASSWORDS = Limit("wrong_password", timedelta(minutes=15), per_subject=10, per_network=30)
WRONG_TOKENS = Limit("wrong_token", timedelta(minutes=15), per_subject=10, per_network=30)
NEW_CODES = Limit("new_code", timedelta(minutes=15), per_subject=20, per_network=200)
INVITES = Limit("invite", timedelta(hours=1), per_subject=100, per_network=200)


def limit_check(limit: Limit, *, subject: str, network: str) -> None:
    """Refuses with 429 when the limit is reached for the subject or the network."""
    since = now() - limit.window
    for key, allowed in _keys(limit, subject, network):
        events = RateEvent.objects.filter(kind=limit.kind, key=key, created_at__gt=since)
        if events.count() >= allowed:
            minutes = int(limit.window.total_seconds() // 60)
            raise TooManyAttempts(f"Too many attempts; wait {minutes} minutes and try again.")


def limit_note(limit: Limit, *, subject: str, network: str) -> None:
    """Counts one event. Call it outside a transaction that an error would roll back."""
    RateEvent.objects.bulk_create(
        RateEvent(kind=limit.kind, key=key) for key, _ in _keys(limit, subject, network)
    )
    _forget_old()


def _keys(limit: Limit, subject: str, network: str) -> list[tuple[str, int]]:
    return [
        # No address is longer than that, and the column holds no more.
        (f"subject:{subject[:255]}", limit.per_subject),
        (f"network:{network}", limit.per_network),
    ]


def _forget_old() -> None:
    old = RateEvent.objects.filter(created_at__lt=now() - _KEEP).order_by("created_at")
    RateEvent.objects.filter(
        pk__in=list(old.values_list("pk", flat=True)[:_FORGET_AT_ONCE])
    ).delete()
