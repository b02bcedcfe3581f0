"""A run's event log as it is kept: entries, and the stretches in which they are written."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from execution.logic.events import Event, Reply, is_terminal


class Answered(msgspec.Struct, frozen=True, tag_field="kind", tag="answered", omit_defaults=True):
    """A client's question to the user was answered. Viewers are not told; a late one, who is shown
    what led up to now, must not be asked again."""

    choice: str = ""


Entry = Event | Answered


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive entries of one run, the first with the number `first`.

    `raw` is what the model itself said meanwhile, of the reply `reply_id`; `restarted` says that
    nothing before it counts. `at` is when the first entry came, by the clock of the event loop.
    """

    run_id: str
    first: int
    entries: Sequence[Entry]
    reply_id: str = ""
    raw: str = ""
    restarted: bool = False
    at: float = 0.0


def beyond(known: int, first: int, entries: Sequence[Entry]) -> Sequence[Entry]:
    """What these entries, numbered from `first`, add to a log of `known` entries; nothing if they
    do not join on to it."""
    return () if first > known + 1 else entries[known + 1 - first :]


def ends_run(entry: Entry) -> bool:
    """Whether a run's log ends with this entry."""
    return not isinstance(entry, Answered) and is_terminal(entry)


def text_only(entries: Sequence[Entry]) -> bool:
    for entry in entries:  # quicker than `all`: it is asked of each chunk
        if type(entry) is not Reply:
            return False
    return True


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[Entry]).decode


def encode_entries(entries: Sequence[Entry]) -> bytes:
    return _encode(list(entries))


def decode_entries(data: bytes) -> list[Entry]:
    return _decode(data)
