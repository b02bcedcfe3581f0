"""A run's events one by one, with their numbers: for clients that may go on where they were."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from execution.logic.events import Event, is_terminal
from execution.logic.stretches import Answered
from execution.run_log import Follower


@dataclass(frozen=True, slots=True)
class Numbered:
    number: int
    event: Event


async def numbered_events(
    follower: Follower, *, sign_every: float
) -> AsyncGenerator[list[Numbered], None]:
    """The events from the follower's place on, up to the terminal one, as they come. An empty
    list is a sign of life.

    Entries that no client is told of have numbers too, so numbers may be left out.
    """
    loop = asyncio.get_running_loop()
    sign_at = loop.time() + sign_every
    while True:
        entries = follower.take()
        first = follower.position - len(entries) + 1
        batch = [
            Numbered(number, entry)
            for number, entry in enumerate(entries, first)
            if not isinstance(entry, Answered)
        ]
        if batch:
            yield batch
            if is_terminal(batch[-1].event):
                return
        if loop.time() >= sign_at:
            sign_at = loop.time() + sign_every
            yield []
        await follower.wait(sign_at - loop.time())
