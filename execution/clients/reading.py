"""How often the answers of models are read.

To read a piece costs about the same, whatever is in it. A process with few streams reads each when
it comes; one with many lets more arrive, and reads what there is at once.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from plandex_server.wheel import STEP_S, Wheel

FEW, MANY = 100, 200
"""Streams of a process, up to which none pauses, and from which on they pause longest."""
LONGEST_S = 0.085
EARLY_S = STEP_S
"""A pause may be so much shorter: what ends within it ends together."""


def pause_between(streams: int) -> float:
    """Seconds for which a stream is left alone after it was read, in a process with so many."""
    return LONGEST_S * min(max((streams - FEW) / (MANY - FEW), 0.0), 1.0)


class Reading:
    """The streams of a process."""

    def __init__(self) -> None:
        self._streams = 0
        self._wheel = Wheel()
        self._loop: asyncio.AbstractEventLoop | None = None

    @contextmanager
    def stream(self) -> Iterator[None]:
        """While an answer is read."""
        self._streams += 1
        try:
            yield
        finally:
            self._streams -= 1

    async def pause(self) -> float:
        """Between two pieces of an answer; how many seconds it took."""
        seconds = pause_between(self._streams)
        if not seconds:
            return 0.0
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._wheel = loop, Wheel()
        over: asyncio.Future[None] = loop.create_future()
        self._wheel.at(loop.time() + seconds, partial(_end, over))
        await over
        return seconds


def _end(pause: "asyncio.Future[None]", now: float) -> None:
    if not pause.done():  # its stream may have been stopped
        pause.set_result(None)
