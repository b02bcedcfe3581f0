"""One run's log in memory, and the places of those who read it."""

import asyncio
import math
from dataclasses import dataclass, field

from execution.logic.coalescer import LONGEST_WAIT_SECONDS
from execution.logic.stretches import Entry, text_only


@dataclass(slots=True)
class RunLog:
    entries: list[Entry] = field(default_factory=list)
    flushed: int = 0
    reply_id: str = ""
    raw: list[str] = field(default_factory=list)
    restarted: bool = False
    sent: int = 0
    unsent_at: float = 0.0
    text_at: float = -math.inf
    followers: set["Follower"] = field(default_factory=set)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    closing: bool = False
    refused: bool = False

    @property
    def is_due(self) -> bool:
        """Whether the next flush has something to write."""
        return not self.closing and (len(self.entries) > self.flushed or bool(self.raw))


class Follower:
    """One reader's place in a log. Use it on the event loop that appends.

    A reader that bundles text is woken once for each frame that it sends, not for each piece of
    text: hundreds of them read at the same time.
    """

    def __init__(self, log: RunLog, after: int) -> None:
        self._log = log
        self._next = after
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._until = 0.0
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

    async def wait(self, seconds: float, *, bundles_until: float = 0.0) -> bool:
        """Waits for news; False when so many seconds passed without any. Text that comes before
        `bundles_until`, a time of the loop, waits for company as long as it may.

        One future and one timer: hundreds of readers wait here again for each frame.
        """
        loop = asyncio.get_running_loop()
        now = loop.time()
        until = now + seconds
        fresh = self._log.entries[self._next :]
        if fresh:
            at = self._news_at
            if at is None or at >= bundles_until or not text_only(fresh):
                return True
            until = min(until, at + LONGEST_WAIT_SECONDS)
        if until > now:
            self._bundles_until, self._until = bundles_until, until
            self._waiter = waiter = loop.create_future()
            self._timer = loop.call_at(until, _resolve, waiter)
            try:
                await waiter
            finally:
                self._timer.cancel()
                self._waiter = None
        return self._next < len(self._log.entries)

    def wake(self, *, with_text: bool, at: float) -> None:
        """There is news since `at`: `with_text` is nothing but reply text."""
        if self._news_at is None:
            self._news_at = at
        waiter, timer = self._waiter, self._timer
        if waiter is None or timer is None:
            return
        if not with_text or at >= self._bundles_until:
            _resolve(waiter)
        elif self._until > (due := self._news_at + LONGEST_WAIT_SECONDS):
            timer.cancel()
            self._until = due
            self._timer = asyncio.get_running_loop().call_at(due, _resolve, waiter)

    def close(self) -> None:
        self._log.followers.discard(self)
        if not self._log.followers:
            self._log.left.set()


def _resolve(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
