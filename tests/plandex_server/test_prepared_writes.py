"""Prepared writes do what managers do, on either database."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from orgs.models import Org
from plandex_server.db import now
from plandex_server.prepared_writes import PreparedInsert, PreparedUpdate
from plans.models import Commit, ConvoSummary, Plan, PlanObject
from tests.factories import World

_NAMED = PreparedUpdate(
    lambda slots: (
        Org.objects.filter(pk=slots.id),
        {"name": slots.name, "domain": slots.domain, "updated_at": slots.now},
    )
)
_COUNTED = PreparedUpdate(
    lambda slots: (
        Plan.objects.filter(pk=slots.id),
        {"total_replies": F("total_replies") + slots.more},
    )
)


def summary(plan: Plan, number: int) -> ConvoSummary:
    return ConvoSummary(
        plan_id=plan.id,
        latest_message_id=f"m{number}",
        latest_message_created_at=now(),
        summary="what was said",
        tokens=number,
        num_messages=2,
    )


def test_it_works(world: World) -> None:
    moment = now()
    for name in ("first", "second"):
        assert _NAMED.run(id=world.org.id, name=name, domain=None, now=moment) == 1
        org = Org.objects.get(pk=world.org.id)
        assert (org.name, org.domain, org.updated_at) == (name, None, moment)


@pytest.mark.django_db
def test_a_row_that_is_not_there() -> None:
    assert _NAMED.run(id="unknown", name="x", domain=None, now=now()) == 0


def test_a_field_is_added_to(plan: Plan) -> None:
    for more in (2, 3):
        assert _COUNTED.run(id=plan.id, more=more) == 1
    assert Plan.objects.get(pk=plan.id).total_replies == 5


def test_an_inserted_row_is_read_as_it_was(plan: Plan) -> None:
    row = summary(plan, 1)
    assert PreparedInsert(ConvoSummary).one(row) == (1,)
    found = ConvoSummary.objects.get(pk=row.pk)
    names = [field.attname for field in ConvoSummary._meta.local_concrete_fields]
    assert [getattr(found, name) for name in names] == [getattr(row, name) for name in names]


def test_all_rows_or_none(plan: Plan) -> None:
    insert = PreparedInsert(ConvoSummary)
    rows = [summary(plan, number) for number in range(3)]
    insert.all(rows)
    insert.all([])
    assert ConvoSummary.objects.count() == 3
    assert not rows[0]._state.adding


def test_rows_written_together_are_read_as_they_were(plan: Plan) -> None:
    """Numbers of any size, texts, times, bytes, JSON and nothing, in order."""
    moment = now()
    commits = [
        Commit(
            plan_id=plan.id,
            sha=f"{number:064}",
            trees={"convo": "x" * number},
            message='it\'s {one}, \\ "two" NULL',
            context_tokens=size,
            user_id=None,
            created_at=moment,
        )
        for number, size in enumerate((0, 40_000, 2_000_000_000, 1))
    ]
    PreparedInsert(Commit).all(commits)
    found = list(Commit.objects.order_by("pk"))
    names = [field.attname for field in Commit._meta.local_concrete_fields if not field.primary_key]
    assert [[getattr(row, name) for name in names] for row in found] == [
        [getattr(row, name) for name in names] for row in commits
    ]
    objects = [
        PlanObject(plan_id=plan.id, hash=f"{n:064}", data=bytes([0, 255, n]), compressed=n > 1)
        for n in range(3)
    ]
    PreparedInsert(PlanObject).all(objects)
    rows = PlanObject.objects.order_by("hash").values_list("data", "compressed")
    assert [(bytes(data), flag) for data, flag in rows] == [
        (row.data, row.compressed) for row in objects
    ]


def test_one_clash_among_many_writes_nothing(plan: Plan) -> None:
    insert, rows = PreparedInsert(ConvoSummary), [summary(plan, number) for number in range(4)]
    insert.one(rows[2])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert.all(rows)
    assert ConvoSummary.objects.count() == 1
    PreparedInsert(ConvoSummary, conflict="DO NOTHING").all(rows)
    assert ConvoSummary.objects.count() == 4


def test_a_conflict_is_passed_over(plan: Plan) -> None:
    row = summary(plan, 1)
    insert = PreparedInsert(ConvoSummary, conflict="DO NOTHING")
    assert insert.one(row) == (1,)
    assert insert.one(row) == (0,)


def test_the_key_comes_back(plan: Plan) -> None:
    insert = PreparedInsert(
        Commit, conflict="(plan_id, sha) DO UPDATE SET message = EXCLUDED.message", returning="id"
    )
    commit = Commit(plan_id=plan.id, sha="a" * 64, trees={"convo": "x"}, created_at=now())
    [key] = insert.one(commit) or ()
    assert Commit.objects.get(pk=key).trees == {"convo": "x"}
    assert insert.one(commit) == (key,)
