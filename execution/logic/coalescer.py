"""Bundles a run's events into few frames, for one connection.

The CLI redraws its view for every frame. So a frame goes out at once only when the last one is
some time ago; otherwise events wait a moment for company.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from execution.logic.events import BuildInfo, Describing, Event, RepliesFinished, Reply
from execution.logic.stream_messages import StreamMessage, message_of, multi

LONGEST_WAIT_SECONDS = 0.050
QUIET_AFTER_SECONDS = 0.020
"""An event that comes so much later than one could have waited is not part of a flow."""
FEW_READERS = 100
MANY_READERS = 200
"""So many readers of a process make it wait twice as long, and halve its frames."""


def longest_wait(readers: int) -> float:
    """How long events wait for company at most, in a process with so many readers. Each frame
    costs it the same, however little is in it."""
    more = (readers - FEW_READERS) / (MANY_READERS - FEW_READERS)
    return LONGEST_WAIT_SECONDS * (1 + min(max(more, 0.0), 1.0))


def quiet_after(wait: float) -> float:
    """How long after a frame an event is sent at once, where events wait so long at most."""
    return wait + QUIET_AFTER_SECONDS


_BATCHED = (Reply, BuildInfo, Describing, RepliesFinished)


@dataclass(frozen=True, slots=True)
class Frame:
    """A message to send; `number` is that of the last event it holds."""

    message: StreamMessage
    number: int


class Coalescer:
    """Times are seconds of any clock that does not go back. `wait` says how long an event may wait
    now."""

    def __init__(self, wait: Callable[[], float] = lambda: LONGEST_WAIT_SECONDS) -> None:
        self._wait = wait
        self._last_frame_at: float | None = None
        self._waiting: list[Event] = []
        self._oldest_at = 0.0
        self._number = 0

    def take(
        self, events: Sequence[Event], now: float, *, since: float | None = None
    ) -> list[Frame]:
        """Take events that came together, the first of them `since` that time; return what is to
        be sent now, by them or by time."""
        frames: list[Frame] = []
        begins = not self._waiting
        for event in events:
            frames += self.add(event, now, more=event is not events[-1])
        if begins and since is not None:
            self._oldest_at = min(self._oldest_at, since)
        due = self.due()
        return frames + self.flush(now) if due is not None and due <= now else frames

    def add(self, event: Event, now: float, *, number: int = 0, more: bool = False) -> list[Frame]:
        """Take the next event; return what is to be sent now. With `more`, one follows at the same
        moment, and no frame is sent for this one alone."""
        if not isinstance(event, _BATCHED):
            frames = self.flush(now)
            self._number = number
            self._last_frame_at = now
            return [*frames, Frame(message_of(event), number)]
        if not self._waiting:
            self._oldest_at = now
        self._waiting.append(event)
        self._number = number
        if not more and self._is_quiet(now):
            return self.flush(now)
        return []

    def _is_quiet(self, now: float) -> bool:
        return now >= self.bundles_until

    @property
    def bundles_until(self) -> float:
        """While nothing waits: what comes before this time is not sent at once."""
        if self._last_frame_at is None:
            return -math.inf
        return self._last_frame_at + quiet_after(self._wait())

    def sent(self, now: float) -> float:
        """While nothing waits: a frame was sent without being taken here. Until then what comes is
        not sent at once."""
        assert not self._waiting, "it would be overtaken"
        self._last_frame_at = now
        return now + quiet_after(self._wait())

    def due(self) -> float | None:
        """When `flush` has to be called, if no event comes before."""
        return self._oldest_at + self._wait() if self._waiting else None

    def flush(self, now: float) -> list[Frame]:
        """Send what waits."""
        if not self._waiting:
            return []
        messages = [message_of(event) for event in _merged(self._waiting)]
        self._waiting = []
        self._last_frame_at = now
        message = messages[0] if len(messages) == 1 else multi(messages)
        return [Frame(message, self._number)]


def _merged(events: list[Event]) -> list[Event]:
    """The events with neighbouring pieces of reply text joined."""
    merged: list[Event] = []
    texts: list[str] = []
    for event in events:
        if isinstance(event, Reply):
            texts.append(event.text)
            continue
        if texts:
            merged.append(Reply("".join(texts)))
            texts = []
        merged.append(event)
    if texts:
        merged.append(Reply("".join(texts)))
    return merged
