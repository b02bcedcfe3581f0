"""What a CLI may be sent while its stream view is not open yet.

The CLI opens its view only after its spinner was shown for its minimal time, and until then keeps
reply text and drops everything else: a dropped end would leave the view waiting for ever. So until
the view is open for sure only reply text is let through, and nothing overtakes it.
"""

from collections.abc import Iterable

from execution.logic.events import Reply
from execution.logic.stretches import Entry


class ViewGate:
    """`opens_at` is on the same clock as the times passed in."""

    def __init__(self, opens_at: float) -> None:
        self.opens_at = opens_at
        self._held: list[Entry] = []

    def let_through(self, entries: Iterable[Entry], now: float) -> list[Entry]:
        """What may be sent now of the new entries and of those held back."""
        self._held.extend(entries)
        count = len(self._held)
        if now < self.opens_at:
            count = next(
                (n for n, entry in enumerate(self._held) if not isinstance(entry, Reply)), count
            )
        passed, self._held = self._held[:count], self._held[count:]
        return passed

    def due(self) -> float | None:
        """When the held entries may go out; None if there are none."""
        return self.opens_at if self._held else None
