"""The database side of the event log."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Q

from execution.logic.stretches import Entry, Stretch, beyond, decode_entries, encode_entries
from execution.models import Run, RunEvents
from plandex_server import statements
from plandex_server.db import now
from plandex_server.prepared_writes import PreparedInsert

_ADDED = PreparedInsert(RunEvents)

AT_ONCE = 100
"""Runs in one query: SQLite allows a thousand conditions."""


def stretches_write(stretches: list[Stretch]) -> None:
    """Writes the stretches of any number of runs in one statement."""
    if stretches:
        _ADDED.many(**_columns(stretches))


def _columns(stretches: list[Stretch]) -> dict[str, list[Any]]:
    """Without a model for each: every half second a worker writes a row for each of its runs."""
    return {
        "run_id": [one.run_id for one in stretches],
        "first": [one.first for one in stretches],
        "last": [one.first + len(one.entries) - 1 for one in stretches],
        "payload": [encode_entries(one.entries) for one in stretches],
        "reply_id": [one.reply_id for one in stretches],
        "raw": [one.raw for one in stretches],
        "restarted": [one.restarted for one in stretches],
        "created_at": [now()] * len(stretches),
    }


def stretches_write_known(stretches: list[Stretch]) -> None:
    """Writes the stretches of those runs that are not deleted: one that is must not keep the events
    of all others from being written."""
    with transaction.atomic():
        known = runs_known([stretch.run_id for stretch in stretches])
        stretches_write([stretch for stretch in stretches if stretch.run_id in known])


def runs_known(run_ids: Collection[str]) -> set[str]:
    """Those of the runs that are not deleted."""
    return set(Run.objects.filter(pk__in=run_ids).values_list("pk", flat=True))


_OURS = """
JOIN execution_run run ON run.id = new.run_id AND run.owner = %s AND run.finished_at IS NULL
"""


def stretches_write_as(owner: str, stretches: list[Stretch]) -> None:
    """Writes the stretches of those runs that `owner` still executes: a process that was silent
    for too long may have lost some to others."""
    if connection.vendor == "postgresql":
        statements.run(
            _ADDED.sql_of_many.format(_OURS), [*_ADDED.lists(**_columns(stretches)), owner]
        )
        return
    with transaction.atomic():
        runs = Run.objects.filter(
            pk__in=[stretch.run_id for stretch in stretches], owner=owner, finished_at__isnull=True
        )
        ours = set(runs.values_list("pk", flat=True))
        stretches_write([stretch for stretch in stretches if stretch.run_id in ours])


def shown_write(shown: Mapping[str, tuple[str, Sequence[Entry]]]) -> None:
    """Writes, for each run, what the database lacks of these events of an owner, while that still
    has the run: whoever takes it afterwards goes on after them."""
    lasts = RunEvents.objects.filter(run_id__in=shown).values("run_id").annotate(last=Max("last"))
    known = {row["run_id"]: row["last"] for row in lasts}
    for run_id, (owner, entries) in shown.items():
        if len(entries) > known.get(run_id, 0):
            _shown_write(run_id, owner, entries)


def _shown_write(run_id: str, owner: str, entries: Sequence[Entry]) -> None:
    with transaction.atomic():
        # Locked, so that nobody takes the run between the look and the write.
        ours = Run.objects.select_for_update().filter(
            pk=run_id, owner=owner, finished_at__isnull=True
        )
        if not list(ours.values_list("pk")):  # `exists` would lock nothing
            return
        count = len(entries_read(run_id))
        if len(entries) > count:
            stretches_write([Stretch(run_id, count + 1, entries[count:], reply_id="", raw="")])


def entries_read(run_id: str) -> list[Entry]:
    """All written entries of a run, in order, each once."""
    return entries_beyond({run_id: 0})[run_id]


def entries_beyond(positions: Mapping[str, int]) -> dict[str, list[Entry]]:
    """For each run the entries after the given number, in order, each once.

    Two processes may have written the same numbers, one of them after it lost the run: the first
    to write counts.
    """
    found: dict[str, list[Entry]] = {run_id: [] for run_id in positions}
    runs = list(positions)
    for start in range(0, len(runs), AT_ONCE):
        wanted = _any_of(runs[start : start + AT_ONCE], positions)
        rows = RunEvents.objects.filter(wanted).order_by("id")
        for run_id, first, payload in rows.values_list("run_id", "first", "payload"):
            entries = found[run_id]
            known = positions[run_id] + len(entries)
            entries += beyond(known, first, decode_entries(bytes(payload)))
    return found


def _any_of(run_ids: Iterable[str], positions: Mapping[str, int]) -> Q:
    wanted = Q()
    for run_id in run_ids:
        wanted |= Q(run_id=run_id, last__gt=positions[run_id])
    return wanted


def received_read(run_id: str) -> tuple[str, str]:
    """The id of the last reply that the run received words of, and those words."""
    reply_id = ""
    words: list[str] = []
    rows = RunEvents.objects.filter(run_id=run_id).exclude(reply_id="").order_by("id")
    for row_reply, raw, restarted in rows.values_list("reply_id", "raw", "restarted"):
        if restarted or row_reply != reply_id:
            reply_id, words = row_reply, []
        words.append(raw)
    return reply_id, "".join(words)
