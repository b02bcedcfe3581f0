"""Work on a database that may be away for a moment: it is done again, after pauses."""

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError

from plandex_server.threads import in_thread

logger = logging.getLogger(__name__)

T = TypeVar("T")

DATABASE_IS_AWAY = (OperationalError, InterfaceError)
TRIES = 6
FIRST_WAIT_S = 0.2
"""A database that restarts gets some 6 s before the viewers are told without it."""


async def persistently(
    work: Callable[[], T], what: str, heed: tuple[type[Exception], ...] = (Exception,)
) -> T:
    """Does blocking work, again after a pause if it fails with one of the errors to `heed`."""
    wait = FIRST_WAIT_S
    for _ in range(TRIES - 1):
        try:
            return await in_thread(work)
        except heed as failure:
            logger.warning("%s failed (%s), trying again", what, type(failure).__name__)
        await asyncio.sleep(wait)
        wait *= 2
    return await in_thread(work)
