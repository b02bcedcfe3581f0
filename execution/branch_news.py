"""Tells those who watch a branch that a run of it began, over the Channels layer."""

import logging

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)


def branch_group(branch_id: str) -> str:
    return f"branch.{branch_id}"


async def run_announce(branch_id: str) -> None:
    try:
        await get_channel_layer().group_send(branch_group(branch_id), {"type": "run.begun"})
    except Exception as failure:
        logger.warning("a run was not announced: %s", type(failure).__name__)
