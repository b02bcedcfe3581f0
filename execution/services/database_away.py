"""Work on a database that may be away for a moment: it is done again, after pauses.

Whether a write that failed has happened all the same is not always known, so whatever is done this
way does no harm the second time.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError

from plandex_server.threads import in_thread

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

DATABASE_IS_AWAY = (OperationalError, InterfaceError)
TRIES = 6
FIRST_WAIT_S = 0.2
"""Some 6 s pass before the viewers are told of an end without the database."""
STEADY_TRIES = 10
LONGEST_WAIT_S = 3.0
"""A run in the middle of its work waits some 18 s: a restart after a crash takes a few, and what
the run has cost so far is worth more."""


async def persistently(
    work: Callable[[], T],
    what: str,
    *,
    tries: int = TRIES,
    heed: tuple[type[Exception], ...] = (Exception,),
) -> T:
    """Does blocking work, again after a pause if it fails with one of the errors to `heed`."""
    return await insistently(lambda: in_thread(work), what, tries=tries, heed=heed)


async def insistently(
    attempt: Callable[[], Awaitable[T]],
    what: str,
    *,
    tries: int = TRIES,
    heed: tuple[type[Exception], ...] = DATABASE_IS_AWAY,
) -> T:
    """`persistently` for work that awaits."""
    wait = FIRST_WAIT_S
    for _ in range(tries - 1):
        try:
            return await attempt()
        except heed as failure:
            logger.warning("%s failed (%s), trying again", what, type(failure).__name__)
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT_S)
    return await attempt()


async def steadily(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """`in_thread` for a step of a run, which outlives a short absence of the database."""
    work = partial(call, *args, **kwargs)
    return await persistently(work, "a step of a run", tries=STEADY_TRIES, heed=DATABASE_IS_AWAY)
