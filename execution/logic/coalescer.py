"""Bundles a run's events into few frames, for one connection.

The CLI redraws its view for every frame. So a frame goes out at once only when the last one is
some time ago; otherwise events wait a moment for company.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from execution.logic.events import BuildInfo, Describing, Event, RepliesFinished, Reply
from execution.logic.stream_messages import StreamMessage, message_of, multi

QUIET_SECONDS = 0.070
LONGEST_WAIT_SECONDS = 0.050

_BATCHED = (Reply, BuildInfo, Describing, RepliesFinished)


@dataclass(frozen=True, slots=True)
class Frame:
    """A message to send; `number` is that of the last event it holds."""

    message: StreamMessage
    number: int


class Coalescer:
    """Times are seconds of any clock that does not go back."""

    def __init__(self) -> None:
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
        return self._last_frame_at is None or now - self._last_frame_at >= QUIET_SECONDS

    @property
    def bundles_until(self) -> float:
        """While nothing waits: what comes before this time is not sent at once."""
        return 0.0 if self._last_frame_at is None else self._last_frame_at + QUIET_SECONDS

    def sent(self, now: float) -> float:
        """While nothing waits: a frame was sent without being taken here. Until then what comes is
        not sent at once."""
        assert not self._waiting, "it would be overtaken"
        self._last_frame_at = now
        return now + QUIET_SECONDS

    def due(self) -> float | None:
        """When `flush` has to be called, if no event comes before."""
        return self._oldest_at + LONGEST_WAIT_SECONDS if self._waiting else None

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
