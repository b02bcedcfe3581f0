"""One run's log in memory, and the places of those who read it."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field

from execution.logic.coalescer import LONGEST_WAIT_SECONDS
from execution.logic.stretches import Entry
from plandex_server.wheel import STEP_S, Wheel


@dataclass(slots=True, weakref_slot=True)
class RunLog:
    entries: list[Entry] = field(default_factory=list)
    flushed: int = 0
    reply_id: str = ""
    raw: list[str] = field(default_factory=list)
    restarted: bool = False
    sent: int = 0
    unsent_at: float = 0.0
    text_at: float = -math.inf
    waited: float = 0.0
    followers: set["Follower"] = field(default_factory=set)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    closing: bool = False
    refused: bool = False

    @property
    def is_due(self) -> bool:
        """Whether the next flush has something to write."""
        return not self.closing and (len(self.entries) > self.flushed or bool(self.raw))


Show = Callable[[str, float], float]
"""Shows text to a viewer at a time of the loop, and says until when text waits for company now."""


class Follower:
    """One reader's place in a log. Use it on the event loop that appends."""

    def __init__(self, log: RunLog, after: int, wheel: Wheel) -> None:
        self._log = log
        self._next = after
        self._wheel = wheel
        self._waiter: asyncio.Future[None] | None = None
        self._show: Show | None = None
        self._show_at = 0.0
        self._bundles_until = 0.0
        self._news_at: float | None = None
        self.since: float | None = None
        """When the oldest of the events taken last came, if it came while this reader was here."""

    @property
    def position(self) -> int:
        """The number of the last event taken."""
        return self._next

    def take(self) -> list[Entry]:
        """The events since the last call, without waiting."""
        entries = self._log.entries[self._next :]
        self._next += len(entries)
        self.since, self._news_at = self._news_at, None
        return entries

    async def wait(self, seconds: float) -> bool:
        """Waits for news; False when so many seconds passed without any."""
        if self._next >= len(self._log.entries):
            loop = asyncio.get_running_loop()
            self._waiter = waiter = loop.create_future()
            timer = loop.call_later(seconds, _resolve, waiter)
            try:
                await waiter
            finally:
                timer.cancel()
                self._waiter = None
        return self._next < len(self._log.entries)

    async def flow(self, seconds: float, show: Show, *, bundles_until: float) -> None:
        """Waits so long for anything but text. Text that follows other text is shown meanwhile, in
        bundles, without waking who waits: hundreds of viewers have a frame in each moment, and a
        task that wakes costs more than the frame. What came before `bundles_until`, a time of the
        loop, waits for company."""
        self._show, self._bundles_until = show, bundles_until
        try:
            await self.wait(seconds)
        finally:
            self._show = None

    def wake(self, *, with_text: bool, at: float) -> None:
        """There is news since `at`: `with_text` is nothing but reply text."""
        begins = self._news_at is None
        if begins:
            self._news_at = at
        if self._waiter is None:
            return
        if not with_text or self._show is None:
            _resolve(self._waiter)
        elif at >= self._bundles_until:
            self._show_by(at)
        elif begins:
            self._show_by(at + LONGEST_WAIT_SECONDS)

    def _show_by(self, at: float) -> None:
        self._show_at = at
        self._wheel.at(at, self._show_text)

    def _show_text(self, now: float) -> None:
        """Shows what came, unless that was done already, or it is only due later, or another event
        has come, with which its task shows it."""
        waiter, show = self._waiter, self._show
        if waiter is None or show is None or waiter.done():
            return
        if self._news_at is None or now < self._show_at - STEP_S:
            return
        texts = [entry.text for entry in self._log.entries[self._next :]]  # type: ignore[union-attr]  # all of them are `Reply`
        self._next += len(texts)
        self._news_at = None
        try:
            self._bundles_until = show("".join(texts), now)
        except Exception as failure:
            waiter.set_exception(failure)

    def close(self) -> None:
        self._log.followers.discard(self)
        if not self._log.followers:
            self._log.left.set()


def _resolve(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
