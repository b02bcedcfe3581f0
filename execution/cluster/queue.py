"""Offering runs to the workers by Celery's queue, a list in Redis."""

import asyncio
import json
import logging
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from plandex_server.once import once

logger = logging.getLogger(__name__)

QUEUE = "celery"
_RUN, _TASK, _TAG = (f"00000000-0000-0000-0000-00000000000{number}" for number in range(3))
"""Stand for the ids of a run, its task and its delivery."""


class RunQueue:
    """Offers runs to the workers: the next one that has room takes them. Use it on one event loop.

    What comes while a command is on its way goes with the next one: as many connections as there
    are runs that begin at the same moment would cost more than the rest of their beginning.
    """

    def __init__(self, redis: Any) -> None:
        self._redis = redis
        self._waiting: list[str] = []
        self._task: asyncio.Task[None] | None = None

    def offer(self, run_id: str) -> None:
        """Nobody waits for it while Redis hangs."""
        self._waiting.append(run_id)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        while self._waiting:
            run_ids, self._waiting = self._waiting, []
            try:
                await self._redis.lpush(QUEUE, *map(task_message, run_ids))
            except Exception as failure:
                # The workers find a run that nobody took, some seconds later.
                what = type(failure).__name__
                logger.warning("run %s: not queued: %s", ", ".join(run_ids), what)

    async def sent(self) -> None:
        """Waits until nothing is on its way."""
        if self._task is not None:
            await self._task


def task_message(run_id: str) -> str:
    """The message of Celery's that has a worker execute the run.

    Celery makes the first one. Its producer takes ten times as long as the rest of the way to
    Redis, and all that differs from message to message are three ids.
    """
    return task_template().filled(run_id)


@dataclass(frozen=True, slots=True)
class _Template:
    """A whole message and the text in its body, with ids to be replaced."""

    message: str
    body: str

    def filled(self, run_id: str) -> str:
        body = b64encode(self.body.replace(_RUN, run_id).encode()).decode()
        message = self.message.replace(_RUN, run_id).replace(_TASK, str(uuid4()))
        return message.replace(_TAG, str(uuid4()), 1).replace('"body": ""', f'"body": "{body}"', 1)


@once
def task_template() -> _Template:
    """Made at the start of a web process: it needs all of Celery."""
    from kombu import Connection

    from plandex_server.celery import app

    with Connection("memory://") as memory:
        app.send_task(
            "execution.run_execute", [_RUN], task_id=_TASK, connection=memory, retry=False
        )
        channel: Any = memory.channel()
        message = channel._get(QUEUE)
        channel.close()
    body = b64decode(message["body"]).decode()
    message["body"] = ""
    message["properties"]["delivery_tag"] = _TAG
    return _Template(json.dumps(message), body)
