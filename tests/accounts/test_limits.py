"""Counting events per address and network."""

from datetime import timedelta

import pytest

from accounts.errors import TooManyAttempts
from accounts.models import RateEvent
from accounts.services.limits import Limit, limit_check, limit_note
from plandex_server.db import now

LIMIT = Limit("test", timedelta(minutes=1), per_subject=2, per_network=3)

pytestmark = pytest.mark.django_db


def test_it_works() -> None:
    for subject in ("a", "a", "b"):
        limit_check(LIMIT, subject=subject, network="n")
        limit_note(LIMIT, subject=subject, network="n")
    with pytest.raises(TooManyAttempts):
        limit_check(LIMIT, subject="a", network="elsewhere")
    with pytest.raises(TooManyAttempts):
        limit_check(LIMIT, subject="c", network="n")
    limit_check(LIMIT, subject="b", network="elsewhere")


def test_events_count_only_in_their_window() -> None:
    for _ in range(3):
        limit_note(LIMIT, subject="a", network="n")
    RateEvent.objects.update(created_at=now() - timedelta(seconds=61))
    limit_check(LIMIT, subject="a", network="n")


def test_old_events_are_forgotten() -> None:
    limit_note(LIMIT, subject="a", network="n")
    RateEvent.objects.update(created_at=now() - timedelta(days=2))
    limit_note(LIMIT, subject="b", network="m")
    assert set(RateEvent.objects.values_list("key", flat=True)) == {"subject:b", "network:m"}
