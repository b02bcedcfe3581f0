"""Prepared queries answer as the querysets they are made of, on either database."""

from datetime import timedelta
from typing import Any

import pytest

from orgs.models import Membership, Org
from plandex_server.db import now
from plandex_server.prepared import KEPT_SHAPES, Prepared
from tests.factories import World, org_make, user_make

_NAMED = Prepared(lambda slots: Org.objects.filter(name__in=slots.names).order_by("name"))


def test_it_works(world: World) -> None:
    by_id = Prepared(lambda slots: Org.objects.filter(pk=slots.id))
    found = by_id.first(id=world.org.id)
    assert found == world.org
    assert found is not None and found.name == world.org.name
    assert by_id.first(id="unknown") is None
    assert by_id.first(id=None) is None


def test_relations_come_along(world: World) -> None:
    seats = Prepared(
        lambda slots: Membership.objects.select_related("user", "org__owner").filter(
            org_id=slots.org, user_id=slots.user
        )
    )
    [seat] = seats.all(org=world.org.id, user=world.member.user_id)
    plain = Membership.objects.get(org=world.org, user_id=world.member.user_id)
    assert (seat, seat.user, seat.org.owner) == (plain, plain.user, plain.org.owner)
    assert seat.created_at == plain.created_at


@pytest.mark.django_db
def test_lists_of_any_length() -> None:
    owner = user_make()
    for number in range(4):
        org_make(owner=owner, name=f"org {number}")
    for count in (2, 0, 3, 1, 2):
        names = [f"org {number}" for number in range(count)]
        assert [org.name for org in _NAMED.all(names=names)] == names


@pytest.mark.django_db
def test_only_so_many_lengths_are_kept() -> None:
    for count in range(KEPT_SHAPES * 2):
        _NAMED.all(names=["x"] * count)
    assert len(_NAMED._compiled) <= KEPT_SHAPES


def test_threads_may_ask_while_the_kept_ones_are_dropped(world: World) -> None:
    kept = Prepared(lambda slots: Org.objects.filter(pk=slots.id))

    class Dropped(dict[tuple[int, ...], Any]):
        def __setitem__(self, shape: tuple[int, ...], compiled: Any) -> None:
            """What another thread does between writing and reading."""

    kept._compiled = Dropped()
    assert kept.first(id=world.org.id) == world.org


def test_rows_of_values(world: World) -> None:
    names = Prepared(lambda slots: Org.objects.filter(pk=slots.id).values_list("id", "created_at"))
    assert names.all(id=world.org.id) == [(world.org.id, world.org.created_at)]


def test_times_are_compared(world: World) -> None:
    since = Prepared(lambda slots: Org.objects.filter(created_at__gte=slots.since))
    assert since.all(since=now() - timedelta(hours=1))
    assert not since.all(since=now() + timedelta(hours=1))


def test_values_are_no_sql(world: World) -> None:
    assert _NAMED.all(names=["' OR 1=1 --", "%s", "%(x)s"]) == []
