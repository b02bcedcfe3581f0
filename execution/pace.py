"""When a run may take a step that costs much and shows nothing: begin, store its reply, sum up.

Each of these steps costs as much as some dozens of chunks. While many runs are under way, they are
taken one after another, each when the event loop keeps up with the streams: nobody's text comes
late because somebody else's reply begins or ends, and a process takes no more streams at once than
it can serve in time.
"""

import asyncio
from collections import deque

FEW = 20
"""So many runs never wait: they keep no loop busy."""
LOOK_S = 0.02
"""At least so long between two steps: what begins needs a small machine for a moment, and so
do its database and the other processes of a cluster."""
BEHIND_S = 0.006
"""A loop that is late by so much for its own timers is late for its streams."""
SLOWEST_S = 0.08
"""Late text is better than none: one step is taken each time at least, however late the loop is."""
WRITE_S = 0.004
"""A write of news takes so long on a machine that has time. What it takes longer is lateness too:
of the other processes that the streams go through."""
_WEIGHT = 0.2
"""Of the last look in the average of looks."""

_Turns = deque[asyncio.Future[None]]


class Pace:
    """Use it on the loop of the runs."""

    def __init__(self) -> None:
        self._ends: _Turns = deque()
        self._others: _Turns = deque()
        self._late = 0.0
        self._write_late = 0.0
        self._last_turn = 0.0
        self._looks = False

    async def turn(self, running: int, *, ends: bool = False) -> None:
        """Waits until the loop has time; `running` counts the runs of the process. What `ends` goes
        before what begins: it makes room."""
        if running <= FEW:
            return
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        (self._ends if ends else self._others).append(turn)
        if not self._looks:
            self._looks, self._late = True, 0.0
            self._look_at(loop, loop.time() + LOOK_S)
        await turn

    def written(self, seconds: float) -> None:
        """News of runs took so long to be written."""
        self._write_late += _WEIGHT * (seconds - WRITE_S - self._write_late)

    def _look_at(self, loop: asyncio.AbstractEventLoop, moment: float) -> None:
        loop.call_at(moment, self._look, loop, moment)

    def _look(self, loop: asyncio.AbstractEventLoop, planned: float) -> None:
        now = loop.time()
        self._late += _WEIGHT * (now - planned - self._late)
        if max(self._late, self._write_late) < BEHIND_S or now - self._last_turn >= SLOWEST_S:
            self._last_turn = now
            self._admit()
        self._looks = bool(self._ends or self._others)
        if self._looks:
            self._look_at(loop, now + LOOK_S)

    def _admit(self) -> None:
        for waiting in (self._ends, self._others):
            while waiting:
                turn = waiting.popleft()
                if not turn.done():  # its run may have been stopped
                    turn.set_result(None)
                    return
