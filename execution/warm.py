"""What the first run of a process would have to wait for, loaded before."""

import logging

from context.logic import tokens
from execution.clients.pool import imported
from plandex_server.threads import in_thread

logger = logging.getLogger(__name__)

SDKS = ("execution.clients.http_client", "execution.clients.openai_sdk", "anthropic")


async def warm_up() -> None:
    """Loads the tokenizer and the providers' SDKs, on threads, one after another."""
    try:
        await in_thread(tokens.warm_up)
        for name in SDKS:
            await imported(name)
    except Exception:
        logger.exception("warming up failed; the first run will load what is missing")
