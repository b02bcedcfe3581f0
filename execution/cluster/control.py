"""Words to the workers: look for an answer, stop, take this run. They only make it quicker: what
they say is in the runs' rows, which the workers look at by themselves."""

import asyncio
import logging
from collections.abc import Callable
from typing import Literal

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

CONTROL_GROUP = "runs.control"
TRY_AGAIN_S = 1.0

Word = Literal["wake", "stop", "take"]


async def control_send(run_id: str, word: Word) -> None:
    try:
        await get_channel_layer().group_send(
            CONTROL_GROUP, {"type": "runs.control", "run": run_id, "word": word}
        )
    except Exception as failure:
        logger.warning("run %s: %s not sent: %s", run_id, word, type(failure).__name__)


async def control_listen(handle: Callable[[str, Word], None]) -> None:
    """Hands every word to `handle` until it is cancelled."""
    layer = get_channel_layer()
    told = False
    while True:
        try:
            channel = await layer.new_channel()
            await layer.group_add(CONTROL_GROUP, channel)
            break
        except Exception as failure:
            if not told:
                logger.warning("control of runs: %s, trying again", type(failure).__name__)
            told = True
            await asyncio.sleep(TRY_AGAIN_S)
    while True:
        # The layer connects again by itself.
        message = await layer.receive(channel)
        handle(message["run"], message["word"])
