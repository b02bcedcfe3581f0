"""The numbered event log of each run, which every viewer follows.

Events are numbered from 1 and never change. The process that executes a run appends to its log;
appending only queues: viewers in this process are woken at once, and one flusher writes the new
events of all runs to the database in one transaction, at least once a second. Together with the
events go the model's own words, so that a reply can be stored after its process died.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

from django.db import DataError, IntegrityError

from execution import storage
from execution.event_sender import Broadcast, Sender
from execution.logic.events import Reply
from execution.logic.stretches import Entry, Stretch, ends_run
from execution.run_log import Follower, RunLog
from plandex_server.observe.logs import without_text
from plandex_server.threads import in_thread, in_thread_first
from plandex_server.wheel import Wheel

logger = logging.getLogger(__name__)

FLUSH_EVERY_S = 0.5
"""A dead process loses at most this much, plus the time of one write; the promise is one second."""
REFUSALS = (DataError, IntegrityError, ValueError)
"""Of a row, whatever state the database is in."""
KEEP_ENDED_S = 60.0
"""How long an ended log stays in memory for those who connect a moment too late."""


class EventLog:
    """The logs of the runs of this process, with write-through to the database.

    With a `broadcast`, what is new goes to other processes too, some milliseconds later.
    """

    def __init__(
        self,
        write: Callable[[list[Stretch]], None] = storage.stretches_write_known,
        *,
        broadcast: Broadcast | None = None,
        written: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        """`written` is told how many seconds each write to a `broadcast` took."""
        self._logs: dict[str, RunLog] = {}
        self._followed: WeakValueDictionary[str, RunLog] = WeakValueDictionary()
        """Of runs that this process does not execute, or has not begun: while somebody follows."""
        self._write = write
        self._wheel = Wheel()
        self._broadcast = broadcast
        self._sender = None if broadcast is None else Sender(broadcast, self._logs, written=written)
        self._flusher: asyncio.Task[None] | None = None
        self._flushing = asyncio.Lock()

    def open(self, run_id: str, earlier: Sequence[Entry] = ()) -> None:
        """Starts a run's log, or goes on with that of another process: `earlier` is written.

        It is sent again, with the first new event: what the other process sent may be lost, and
        viewers know by the numbers what they have.
        """
        # Who found the run's row before it was begun follows it already.
        log = self._followed.pop(run_id, None) or RunLog()
        log.entries += earlier[len(log.entries) :]
        log.flushed = len(log.entries)
        self._logs[run_id] = log
        now = asyncio.get_running_loop().time()
        for follower in log.followers:
            follower.wake(with_text=False, at=now)
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.get_running_loop().create_task(self._flush_for_ever())

    def append(self, run_id: str, entry: Entry) -> None:
        log = self._logs[run_id]
        log.entries.append(entry)
        is_text = isinstance(entry, Reply)
        at = asyncio.get_running_loop().time() - (log.waited if is_text else 0.0)
        for follower in log.followers:
            follower.wake(with_text=is_text, at=at)
        if self._sender is not None:
            self._sender.note(run_id, log, at, is_text=is_text)

    def hold(self) -> None:
        """Sends nothing until `go_on`: another process may have taken the runs."""
        if self._sender is not None:
            self._sender.hold()

    def go_on(self) -> None:
        if self._sender is not None:
            self._sender.go_on()

    async def leave(self) -> None:
        """Sends what is new to other processes, and nothing afterwards."""
        if self._sender is not None:
            await self._sender.leave()

    def restart(self, run_id: str, reply_id: str, raw: str) -> None:
        """A reply begins, or goes on from `raw`: only what follows this word counts."""
        log = self._logs[run_id]
        log.reply_id, log.raw, log.restarted = reply_id, [raw], True

    def received(self, run_id: str, raw: str, *, waited: float = 0.0) -> None:
        """The model's own words of the reply, in the order in which they came. They may have waited
        so many seconds to be read, so that what is shown of them waits less."""
        log = self._logs[run_id]
        log.raw.append(raw)
        log.waited = waited

    async def close(self, run_id: str) -> None:
        """No flush writes the run's events any more: they will be written together with its
        end."""
        self._logs[run_id].closing = True
        async with self._flushing:  # one may be writing them now
            pass

    def unflushed(self, run_id: str) -> Stretch:
        """What the database lacks."""
        log = self._logs[run_id]
        return Stretch(
            run_id=run_id,
            first=log.flushed + 1,
            entries=log.entries[log.flushed :],
            reply_id=log.reply_id,
            raw="".join(log.raw),
            restarted=log.restarted,
        )

    def end(self, run_id: str, entry: Entry) -> None:
        """Appends the terminal event, which is in the database already, or has no place there."""
        log = self._logs.get(run_id)
        if log is None:
            return
        log.closing = True
        log.flushed = len(log.entries) + 1
        log.raw.clear()
        self.append(run_id, entry)
        asyncio.get_running_loop().call_later(KEEP_ENDED_S, self.forget, run_id)

    def has_ended(self, run_id: str) -> bool:
        log = self._logs.get(run_id)
        return log is None or (bool(log.entries) and ends_run(log.entries[-1]))

    async def follow(self, run_id: str, *, after: int = 0, is_new: bool = False) -> Follower:
        """A follower of a run's events after number `after`, also of one that has ended; a new one
        has none yet."""
        log = self._known(run_id)
        if log is None:
            entries = [] if is_new else await in_thread(storage.entries_read, run_id)
            # It may have begun meanwhile, or somebody else may follow it by now.
            log = self._known(run_id) or RunLog(entries=entries)
            if run_id not in self._logs:
                self._followed[run_id] = log
        follower = Follower(log, after, self._wheel)
        log.followers.add(follower)
        log.left.clear()
        return follower

    def _known(self, run_id: str) -> RunLog | None:
        return self._logs.get(run_id) or self._followed.get(run_id)

    async def is_followed(self, run_id: str) -> bool:
        """Whether a client watches the run now."""
        if self._logs[run_id].followers:
            return True
        return self._broadcast is not None and await self._broadcast.is_followed(run_id)

    async def left(self, seconds: float) -> None:
        """Waits until nobody follows a run any more, or so many seconds."""
        followed = [log for log in self._logs.values() if log.followers]
        try:
            async with asyncio.timeout(seconds):
                for log in followed:
                    await log.left.wait()
        except TimeoutError:
            pass

    def forget(self, run_id: str) -> None:
        """Another process goes on with the run."""
        self._logs.pop(run_id, None)

    async def _flush_for_ever(self) -> None:
        fails = False
        while any(not log.closing for log in self._logs.values()):
            await asyncio.sleep(FLUSH_EVERY_S)
            try:
                await self.flush()
            except Exception as failure:
                # A full disk must not end the runs: their events stay in memory for the next try.
                if not fails:
                    logger.error(
                        "event log: writing failed, it is tried on",
                        exc_info=without_text(failure),
                    )
                fails = True
                continue
            if fails:
                logger.warning("event log: written again")
            fails = False

    async def flush(self) -> None:
        """Writes what is new in all logs, in one transaction; what the database refused once, each
        by itself, so that it holds up no other run."""
        async with self._flushing:
            new = [
                _New.of(log, self.unflushed(run_id))
                for run_id, log in self._logs.items()
                if log.is_due
            ]
            alone = [one for one in new if one.log.refused]
            together = [one for one in new if not one.log.refused]
            try:
                await self._write_all(together)
            except REFUSALS:
                alone = new
            for one in alone:
                try:
                    await self._write_all([one])
                    one.log.refused = False
                except REFUSALS as failure:
                    self._note_refusal(one, failure)

    async def _write_all(self, new: Sequence["_New"]) -> None:
        if new:
            await in_thread_first(self._write, [one.stretch for one in new])
        for one in new:
            one.written()

    def _note_refusal(self, one: "_New", failure: Exception) -> None:
        if not one.log.refused:
            logger.error(
                "run %s: the database refuses its events; they are kept in memory",
                one.stretch.run_id,
                exc_info=without_text(failure),
            )
        one.log.refused = True


@dataclass(frozen=True, slots=True)
class _New:
    """What of a log is being written."""

    log: RunLog
    stretch: Stretch
    last: int
    words: list[str]
    count: int

    @classmethod
    def of(cls, log: RunLog, stretch: Stretch) -> "_New":
        return cls(log, stretch, len(log.entries), log.raw, len(log.raw))

    def written(self) -> None:
        log = self.log
        log.flushed = max(log.flushed, self.last)
        del self.words[: self.count]
        if self.words is log.raw:
            log.restarted = False
