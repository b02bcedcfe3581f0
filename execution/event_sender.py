"""What is new in the logs of this process, sent to the viewers of others.

One write carries the news of all runs, so fewer writes cost less: text that follows other text
waits for it, no longer than viewers wait with it anyway. All else, and the first text after a
pause, is sent at once.
"""

import asyncio
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from execution.logic.coalescer import LONGEST_WAIT_SECONDS
from execution.logic.stretches import Stretch
from execution.run_log import RunLog

logger = logging.getLogger(__name__)

TEXT_WAITS_S = LONGEST_WAIT_SECONDS - 0.015
"""Viewers get text so late anyway, counted from when the first of it came; the way to them takes
the rest."""
TEXT_FLOWS_S = 0.5
"""Text is followed by text, if it comes within so long."""
APART_S = 0.005
APART_SHARE = 3
"""How many times as long as the last write took the next one waits: while the process is busy,
writes take longer, so that more goes into each and there are fewer."""
APART_AT_MOST_S = 0.05
"""Viewers get a frame this seldom at most."""
AGAIN_S = 0.5
"""After a failure; the viewers find the events in the database meanwhile."""


class Broadcast(Protocol):
    """Carries events to the viewers of other processes."""

    async def send(self, stretches: Sequence[Stretch]) -> None: ...

    async def is_followed(self, run_id: str) -> bool: ...


class Sender:
    """Sends for the logs of a process. Use it on their event loop."""

    def __init__(
        self,
        broadcast: Broadcast,
        logs: Mapping[str, RunLog],
        *,
        written: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        """`written` is told how many seconds each write took."""
        self._written = written
        self._broadcast = broadcast
        self._logs = logs
        self._unsent: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = math.inf  # uvloop's timers know theirs only until they are due
        self._task: asyncio.Task[None] | None = None
        self._due = math.inf
        self._not_before = 0.0
        self._may_send = True

    def note(self, run_id: str, log: RunLog, at: float, *, is_text: bool) -> None:
        """The log has a new entry, since that time of the loop."""
        if run_id not in self._unsent:
            self._unsent.add(run_id)
            log.unsent_at = at
        due = at
        if is_text:
            if at - log.text_at < TEXT_FLOWS_S:
                due += TEXT_WAITS_S
            log.text_at = at
        self._send_by(due)

    def hold(self) -> None:
        """Sends nothing until `go_on`: another process may have taken the runs."""
        self._may_send = False

    def go_on(self) -> None:
        self._may_send = True
        if self._unsent:
            self._send_by(0.0)

    async def leave(self) -> None:
        """Sends what is new, and nothing afterwards."""
        if self._task is not None:
            await asyncio.wait({self._task})
        if self._timer is not None:
            self._timer.cancel()
        if self._may_send:
            self._may_send = False
            await self._send_news()

    def _send_by(self, at: float) -> None:
        """Nothing that is planned already comes later for it."""
        if self._task is not None:
            self._due = min(self._due, at)
            return
        at = max(at, self._not_before)
        if self._timer_at <= at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = at
        self._timer = asyncio.get_running_loop().call_at(at, self._begin)

    def _begin(self) -> None:
        self._timer, self._timer_at = None, math.inf
        if self._may_send:
            self._task = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        began, self._due = loop.time(), math.inf
        pause = await self._send_news() * AGAIN_S
        ended = loop.time()
        self._written(ended - began)
        apart = min(max(APART_S, APART_SHARE * (ended - began)), APART_AT_MOST_S)
        self._not_before = ended + (pause or apart)
        self._task = None
        if self._unsent:
            self._send_by(self._due)

    async def _send_news(self) -> bool:
        """Whether it failed."""
        news = self._take_news()
        try:
            if news:
                await self._broadcast.send(news)
        except Exception as failure:
            logger.warning("events could not be sent: %s", type(failure).__name__)
            self._take_back(news)
            return True
        return False

    def _take_news(self) -> list[Stretch]:
        unsent, self._unsent = self._unsent, set()
        news = []
        for run_id in unsent:
            log = self._logs.get(run_id)
            if log is not None and len(log.entries) > log.sent:
                news.append(
                    Stretch(run_id, log.sent + 1, log.entries[log.sent :], at=log.unsent_at)
                )
                log.sent = len(log.entries)
        return news

    def _take_back(self, news: Sequence[Stretch]) -> None:
        self._due = 0.0
        for stretch in news:
            log = self._logs.get(stretch.run_id)
            if log is not None:
                log.sent = min(log.sent, stretch.first - 1)
                self._unsent.add(stretch.run_id)
