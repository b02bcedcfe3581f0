"""Deleting what no branch of a plan reaches: rewound commits and objects of deleted branches."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.db import models, transaction
from django.db.models import Max

from plans.logic.versions import decode_tree
from plans.models import Branch, Commit, PlanObject
from plans.services.objects import objects_read
from plans.services.versions import branches_lock

T = TypeVar("T")

_TRIES = 3
_PER_QUERY = 1000
# A tree of 1,000 contexts takes some 100 KB.
_TREES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Collected:
    """What was deleted. `busy`: the plan was written to all the time; nothing was deleted."""

    commits: int = 0
    objects: int = 0
    busy: bool = False


@dataclass(frozen=True, slots=True)
class _State:
    """Changes with every commit and with every move of a head."""

    heads: frozenset[tuple[str, int | None]]
    last_commit: int | None


@dataclass(slots=True)
class _Garbage:
    commits: list[int] = field(default_factory=list)
    objects: list[int] = field(default_factory=list)


def plan_collect_garbage(*, plan_id: str, before: datetime) -> Collected:
    """Deletes unreachable commits and objects that were made before `before`.

    The search takes no lock. The branches are locked only for the deletion, which is given up when
    the plan changed since the search: thus no writer can rely on an object that is being deleted.
    """
    for _ in range(_TRIES):
        state = _state(plan_id)
        garbage = _find(plan_id, state, before)
        if not garbage.commits and not garbage.objects:
            return Collected()
        with transaction.atomic():
            branches_lock([plan_id])
            if _state(plan_id) == state:
                return Collected(
                    commits=_delete(Commit, garbage.commits),
                    objects=_delete(PlanObject, garbage.objects),
                )
    return Collected(busy=True)


def _state(plan_id: str) -> _State:
    return _State(
        heads=frozenset(Branch.objects.filter(plan_id=plan_id).values_list("pk", "head_id")),
        last_commit=Commit.objects.filter(plan_id=plan_id).aggregate(last=Max("pk"))["last"],
    )


def _find(plan_id: str, state: _State, before: datetime) -> _Garbage:
    parents: dict[int, int | None] = {}
    trees: dict[int, Iterable[str]] = {}
    starts = [head for _, head in state.heads if head is not None]
    rows = Commit.objects.filter(plan_id=plan_id).values_list(
        "pk", "parent_id", "trees", "created_at"
    )
    for pk, parent, commit_trees, created_at in rows.iterator():
        parents[pk], trees[pk] = parent, commit_trees.values()
        if created_at >= before:
            starts.append(pk)
    kept = _with_ancestors(starts, parents)
    hashes = _with_blobs(plan_id, {hash for pk in kept for hash in trees.get(pk, ())})
    objects = PlanObject.objects.filter(plan_id=plan_id, created_at__lt=before)
    return _Garbage(
        commits=[pk for pk in parents if pk not in kept],
        objects=[
            pk for pk, hash in objects.values_list("pk", "hash").iterator() if hash not in hashes
        ],
    )


def _with_ancestors(starts: Iterable[int], parents: dict[int, int | None]) -> set[int]:
    reached: set[int] = set()
    for start in starts:
        pk: int | None = start
        while pk is not None and pk not in reached:
            reached.add(pk)
            pk = parents.get(pk)
    return reached


def _with_blobs(plan_id: str, trees: Collection[str]) -> set[str]:
    hashes = set(trees)
    for batch in _batches(trees, _TREES_AT_ONCE):
        for data in objects_read(plan_id, batch).values():
            hashes.update(decode_tree(data).values())
    return hashes


def _delete(model: type[models.Model], pks: list[int]) -> int:
    rows = model._default_manager
    return sum(rows.filter(pk__in=batch).delete()[0] for batch in _batches(pks, _PER_QUERY))


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
