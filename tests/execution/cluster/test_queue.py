"""What is put into Celery's queue without Celery's producer is what that would put there."""

import asyncio
import json
from base64 import b64decode
from typing import Any
from uuid import UUID

import pytest
import redis as redis_sync
from kombu import Connection, Queue

from execution.cluster.connection import redis_connect
from execution.cluster.queue import QUEUE, RunQueue
from plandex_server.celery import app
from tests.execution.cluster.redis_server import RedisServer

pytestmark = pytest.mark.cluster

RUN = "5f0c3a52-64a8-4b80-9d54-0a6f3b0d2f11"
OTHER_RUN = "0d9a77c3-3f5e-4f0d-8f0c-52c7a1f0f5aa"


def _queue(redis: RedisServer, *run_ids: str) -> None:
    async def queue() -> None:
        client = redis_connect(redis.url)
        queue = RunQueue(client)
        for run_id in run_ids:
            queue.offer(run_id)
        await queue.sent()
        await client.aclose()

    asyncio.run(queue())


def _queued(redis: RedisServer) -> list[dict[str, Any]]:
    """The messages in the queue, the first one first."""
    with redis_sync.Redis.from_url(redis.url) as client:
        found: Any = client.lrange(QUEUE, 0, -1)
    return [json.loads(message) for message in reversed(found)]


def _ids(message: dict[str, Any]) -> list[str]:
    """Takes the ids of the task and of its delivery out of a message, and those of its sender."""
    headers, properties = message["headers"], message["properties"]
    task = headers.pop("id")
    assert headers.pop("root_id") == properties.pop("correlation_id") == task
    UUID(properties.pop("reply_to"))
    return [task, properties.pop("delivery_tag")]


def test_it_is_celerys_message(redis: RedisServer) -> None:
    with Connection(redis.url) as connection:
        app.send_task("execution.run_execute", [RUN], connection=connection, retry=False)
    _queue(redis, RUN)
    celerys, ours = _queued(redis)
    for one in (*_ids(celerys), *_ids(ours)):
        UUID(one)
    celerys["body"], ours["body"] = (b64decode(one["body"]) for one in (celerys, ours))
    assert ours == celerys


def test_each_message_has_ids_of_its_own(redis: RedisServer) -> None:
    _queue(redis, RUN, OTHER_RUN)
    first, second = _queued(redis)
    assert len({*_ids(first), *_ids(second)}) == 4


def test_celery_understands_it(redis: RedisServer) -> None:
    _queue(redis, RUN, OTHER_RUN)
    taken = []
    with Connection(redis.url) as connection:
        name: Any = Queue("celery", routing_key="celery", no_ack=True)
        queue = connection.SimpleQueue(name)
        for _ in range(2):
            message = queue.get(timeout=5)
            taken.append((message.headers["task"], message.payload[0]))
        queue.close()
    assert taken == [("execution.run_execute", [RUN]), ("execution.run_execute", [OTHER_RUN])]


def test_what_comes_meanwhile_goes_with_the_next_command() -> None:
    async def play() -> None:
        redis = _Slow()
        queue = RunQueue(redis)
        queue.offer("a")
        await asyncio.sleep(0)
        for run_id in "bcd":
            queue.offer(run_id)
        redis.answers.set()
        await queue.sent()
        assert [len(messages) for messages in redis.pushed] == [1, 3]
        queue.offer("e")
        await queue.sent()
        assert len(redis.pushed) == 3

    asyncio.run(play())


class _Slow:
    """Notes what is pushed in each command, and answers when it is told to."""

    def __init__(self) -> None:
        self.pushed: list[tuple[str, ...]] = []
        self.answers = asyncio.Event()

    async def lpush(self, key: str, *messages: str) -> None:
        self.pushed.append(messages)
        await self.answers.wait()


def test_while_redis_is_away_it_is_only_said(
    redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    redis.stop()
    _queue(redis, RUN)
    assert f"run {RUN}: not queued: ConnectionError" in caplog.text
