"""Whether a restored database makes sense by itself, without the code that backs up and restores.

python -m benchmarks.care.verify        the database that the environment names; prints JSON
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plandex_server.settings.base")
    django.setup()
    problems = [*references(), *histories(), *logs(), *usage(), *sealed()]
    print(json.dumps({"problems": problems, "seen": seen(), "counts": counts()}))


def references() -> Iterator[str]:
    """Every foreign key leads to a row. PostgreSQL refuses any other; SQLite is asked."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_key_check")
            yield from (f"foreign key: {row}" for row in cursor.fetchall())
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT conname FROM pg_constraint WHERE NOT convalidated")
            yield from (f"not valid: {row[0]}" for row in cursor.fetchall())


def histories() -> Iterator[str]:
    """Every revision of every plan reads: its name is that of its content; its blobs' are too."""
    from plans.logic.versions import CommitContent, Kind, hash_of
    from plans.models import Branch, Commit
    from plans.services.versions import revision_at

    shas = dict(Commit.objects.values_list("pk", "sha"))
    heads = set(Branch.objects.exclude(head=None).values_list("head_id", flat=True))
    yield from (f"head {head} is missing" for head in heads - shas.keys())
    for commit in Commit.objects.select_related("parent").iterator(chunk_size=500):
        content = CommitContent(
            parent=commit.parent.sha if commit.parent else "",
            trees=commit.trees,
            message=commit.message,
            user_id=commit.user_id or "",
            created_at=commit.created_at,
            context_tokens=commit.context_tokens,
            convo_tokens=commit.convo_tokens,
        )
        if content.sha() != commit.sha:
            yield f"revision {commit.sha} has another content"
        revision = revision_at(commit)
        for kind, blobs in revision.read_many(dict.fromkeys(Kind)).items():
            tree = revision.tree(kind)
            yield from (
                f"{kind} {key} of {commit.sha} is another blob"
                for key, data in blobs.items()
                if hash_of(data) != tree[key]
            )


def logs() -> Iterator[str]:
    """The events of a run are numbered from 1 on, without a gap; an ended run has its last one."""
    from execution.models import Run
    from execution.storage import entries_read

    for run in Run.objects.prefetch_related("stretches"):
        # Some hold no events, but that a reply begins anew.
        held = [one for one in run.stretches.all() if one.first <= one.last]
        stretches = sorted(held, key=lambda one: one.first)
        following = [1, *(one.last + 1 for one in stretches[:-1])]
        if [one.first for one in stretches] != following[: len(stretches)]:
            yield f"the log of run {run.id} has a gap"
        if len(entries_read(run.id)) != (stretches[-1].last if stretches else 0):
            yield f"the log of run {run.id} can't be read whole"
        if (run.finished_at is None) != (run.end == ""):
            yield f"run {run.id} has half an end"


def usage() -> Iterator[str]:
    """The days' sums are those of the calls, which are written together with them."""
    from django.db.models import Count, Sum

    from execution.models import CallResult, ModelCall, UsageDay

    ended = ModelCall.objects.exclude(result=CallResult.RUNNING)
    calls: dict[str, Any] = ended.aggregate(calls=Count("pk"), tokens=Sum("input_tokens"))
    days: dict[str, Any] = UsageDay.objects.aggregate(
        calls=Sum("calls"), tokens=Sum("input_tokens")
    )
    if {key: value or 0 for key, value in calls.items()} != {
        key: value or 0 for key, value in days.items()
    }:
        yield f"the days say {days}, the calls {calls}"


def sealed() -> Iterator[str]:
    """The keys of active runs open with this server's seal keys."""
    from execution.models import Run
    from plandex_server.seal import SealBroken, unseal

    for run in Run.objects.exclude(sealed_credentials=None):
        try:
            unseal(bytes(run.sealed_credentials or b""))
        except SealBroken:
            yield f"the keys of run {run.id} are closed"


def seen() -> dict[str, int]:
    """By place, the last change of each witness."""
    from plans.logic.versions import Kind
    from plans.models import Branch, Plan
    from plans.services.versions import revision_head
    from projects.models import Project

    found = {}
    for branch in Branch.objects.select_related("plan", "head").filter(plan__name="care 0"):
        found[branch.plan_id] = len(revision_head(branch).tree(Kind.CONTEXT))
    for branch in Branch.objects.select_related("plan", "head").filter(plan__name="care 1"):
        found[branch.plan_id] = len(revision_head(branch).tree(Kind.CONTEXT))
    for plan in Plan.objects.filter(name__startswith="w-"):
        found[plan.pk] = int(plan.name.removeprefix("w-"))
    for place in ("witness-a", "witness-b"):
        found[place] = Project.objects.filter(name__startswith=f"{place}-").count()
    return found


def counts() -> dict[str, int]:
    from django.apps import apps

    rows = {model._meta.label_lower: model._base_manager.count() for model in apps.get_models()}
    return {name: count for name, count in rows.items() if count}


if __name__ == "__main__":
    main()
