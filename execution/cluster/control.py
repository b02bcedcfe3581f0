"""Words to the worker of a run: look for an answer, stop. They only make it quicker: what they say
is in the run's rows, which the worker looks at by itself."""

import asyncio
import logging
from collections.abc import Callable
from typing import Literal

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

CONTROL_GROUP = "runs.control"
TRY_AGAIN_S = 1.0

Word = Literal["wake", "stop"]


async def control_send(run_id: str, word: Word) -> None:
    try:
        await get_channel_layer().group_send(
            CONTROL_GROUP, {"type": "runs.control", "run": run_id, "word": word}
        )
    except Exception as failure:
        logger.warning("run %s: %s not sent: %s", run_id, word, type(failure).__name__)


async def control_listen(handle: Callable[[str, Word], None]) -> None:
    """Hands every word to `handle` until it is cancelled."""
    while True:
        try:
            layer = get_channel_layer()
            channel = await layer.new_channel()
            await layer.group_add(CONTROL_GROUP, channel)
            while True:
                message = await layer.receive(channel)
                handle(message["run"], message["word"])
        except asyncio.CancelledError:
            raise
        except Exception as failure:
            logger.warning("control of runs: %s, trying again", type(failure).__name__)
            await asyncio.sleep(TRY_AGAIN_S)
