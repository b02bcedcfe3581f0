"""Offering runs to the workers by Celery's queue, a list in Redis."""

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


async def run_queue(redis: Any, run_id: str) -> None:
    """Queues a run for the next worker that has room."""
    try:
        await redis.lpush(QUEUE, task_message(run_id))
    except Exception as failure:
        # The workers find a run that nobody took, some seconds later.
        logger.warning("run %s: not queued: %s", run_id, type(failure).__name__)


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
