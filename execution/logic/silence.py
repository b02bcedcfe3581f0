"""Which runs have lost the process that executed them.

A run's row holds the last sign of life of its process. Whoever watches does not compare that time
with its own clock, which may differ or jump: it counts for how long it has seen no new sign. So
nothing is taken away either while the database was down and nobody could give a sign.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

SILENT_S = 9.0
"""A run whose worker gave no sign of life for so long is taken over; four signs were missed."""
GAP_S = 5.0
"""Whoever could not look for so long begins to count again."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of life: who gave it (nobody, while a run waits to be taken) and when."""

    owner: str
    at: datetime


class Silence:
    """`owned` and `free` are the seconds after which a run is taken from a silent owner, and
    taken although a worker should have been told of it."""

    def __init__(self, *, owned: float, free: float, gap: float) -> None:
        self._owned = owned
        self._free = free
        self._gap = gap
        self._seen: dict[str, tuple[Sign, float]] = {}
        self._last_look = float("-inf")

    def look(self, signs: Mapping[str, Sign], moment: float) -> dict[str, Sign]:
        """The runs to take, from the signs of all active runs. `moment` is in seconds of a clock
        that never jumps; after a pause of more than `gap` all counting starts again."""
        if moment - self._last_look > self._gap:
            self._seen = {}
        self._last_look = moment
        seen = {}
        for run_id, sign in signs.items():
            known = self._seen.get(run_id)
            since = known[1] if known is not None and known[0] == sign else moment
            seen[run_id] = (sign, since)
        self._seen = seen
        return {
            run_id: sign
            for run_id, (sign, since) in seen.items()
            if moment - since >= (self._owned if sign.owner else self._free)
        }
