"""One run's log in memory, and the places of those who read it."""

import asyncio
from dataclasses import dataclass, field

from execution.logic.stretches import Entry, text_only


@dataclass(slots=True)
class RunLog:
    entries: list[Entry] = field(default_factory=list)
    flushed: int = 0
    reply_id: str = ""
    raw: list[str] = field(default_factory=list)
    restarted: bool = False
    sent: int = 0
    followers: set["Follower"] = field(default_factory=set)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    closing: bool = False
    refused: bool = False

    @property
    def is_due(self) -> bool:
        """Whether the next flush has something to write."""
        return not self.closing and (len(self.entries) > self.flushed or bool(self.raw))


class Follower:
    """One reader's place in a log. Use it on the event loop that appends."""

    def __init__(self, log: RunLog, after: int) -> None:
        self._log = log
        self._next = after
        self._waiter: asyncio.Future[bool] | None = None
        self._past_text = False

    @property
    def position(self) -> int:
        """The number of the last event taken."""
        return self._next

    def take(self) -> list[Entry]:
        """The events since the last call, without waiting."""
        entries = self._log.entries[self._next :]
        self._next += len(entries)
        return entries

    async def wait(self, seconds: float, *, past_text: bool = False) -> bool:
        """Waits for news; False when so many seconds passed without any. `past_text`: reply text
        is no news, since the reader sends nothing before that time anyway.

        One future and one timer: hundreds of readers wait here again for each chunk.
        """
        fresh = self._log.entries[self._next :]
        if fresh and not (past_text and text_only(fresh)):
            return True
        if seconds <= 0:
            return False
        loop = asyncio.get_running_loop()
        self._past_text = past_text
        waiter: asyncio.Future[bool] = loop.create_future()
        self._waiter = waiter
        timer = loop.call_later(seconds, _resolve, waiter, False)
        try:
            return await waiter
        finally:
            timer.cancel()
            self._waiter = None

    def wake(self, *, with_text: bool) -> None:
        """There is news: `with_text` is nothing but reply text."""
        if self._waiter is not None and not (with_text and self._past_text):
            _resolve(self._waiter, True)

    def close(self) -> None:
        self._log.followers.discard(self)
        if not self._log.followers:
            self._log.left.set()


def _resolve(waiter: asyncio.Future[bool], value: bool) -> None:
    if not waiter.done():
        waiter.set_result(value)
