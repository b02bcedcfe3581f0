"""The scripted model on a thread of its own, for benchmarks that wait for other processes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.models import ModelServer


@contextmanager
def models_served(*, clock_chunks: int, clock_s: float) -> Iterator[ModelServer]:
    models = ModelServer(clock_chunks=clock_chunks, clock_s=clock_s)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(models.start(), loop).result()
    try:
        yield models
    finally:
        asyncio.run_coroutine_threadsafe(_over(models), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _over(models: ModelServer) -> None:
    """Nobody reads what is still being said."""
    await models.stop()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
