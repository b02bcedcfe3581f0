"""Tells those who watch a branch that a run of it began, over the Channels layer. While Redis is
away nobody is told; who watches looks by itself too."""

import asyncio
import logging

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

TRY_AGAIN_S = 2.0


def branch_group(branch_id: str) -> str:
    return f"branch.{branch_id}"


async def run_announce(branch_id: str) -> None:
    try:
        await get_channel_layer().group_send(branch_group(branch_id), {"type": "run.begun"})
    except Exception as failure:
        logger.warning("a run was not announced: %s", type(failure).__name__)


async def runs_hear(branch_id: str, begun: asyncio.Event) -> None:
    """Sets the event when a run of the branch is announced, and once when it begins to listen, for
    those before. Until it is cancelled."""
    layer = get_channel_layer()
    while True:
        try:
            channel = await layer.new_channel()
            await layer.group_add(branch_group(branch_id), channel)
            while True:
                begun.set()
                await layer.receive(channel)
        except Exception as failure:
            logger.warning("runs of a branch are not heard of: %s", type(failure).__name__)
            await asyncio.sleep(TRY_AGAIN_S)
