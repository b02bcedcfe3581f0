"""The database side of the event log."""

from execution.logic.stretches import Entry, Stretch, decode_entries, encode_entries
from execution.models import RunEvents


def stretches_write(stretches: list[Stretch]) -> None:
    """Writes the stretches of any number of runs in one statement."""
    RunEvents.objects.bulk_create(
        [
            RunEvents(
                run_id=stretch.run_id,
                first=stretch.first,
                last=stretch.first + len(stretch.entries) - 1,
                payload=encode_entries(stretch.entries),
                reply_id=stretch.reply_id,
                raw=stretch.raw,
                restarted=stretch.restarted,
            )
            for stretch in stretches
        ]
    )


def entries_read(run_id: str) -> list[Entry]:
    """All written entries of a run, in order."""
    rows = RunEvents.objects.filter(run_id=run_id).order_by("id").values_list("payload", flat=True)
    return [entry for payload in rows for entry in decode_entries(bytes(payload))]


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
