"""One connection to Redis that is kept for one sender, who sends one command after another.

The client's own way, which takes a connection from its pool for each command, packs it in Python
and starts a task for its time limit, takes three times as long as the rest.
"""

import asyncio
import hashlib
from typing import Any

from django.conf import settings
from hiredis import pack_command
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import NoScriptError


class Line:
    """Its connection comes from the client's pool, which closes it at the end."""

    def __init__(self, redis: Any) -> None:
        self._pool = redis.connection_pool
        self._connection: Any = None

    async def run_script(self, script: "Script", keys: list[str], args: list[Any]) -> Any:
        """What the script returns. It must bear to be repeated: the answer to the first time may be
        lost."""
        words = (len(keys), *keys, *args)
        try:
            return await self.send("EVALSHA", script.name, *words)
        except NoScriptError:  # Redis is new
            return await self.send("EVAL", script.text, *words)

    async def send(self, *words: Any) -> Any:
        """The answer to a command, which is sent again where the kept connection turns out to be
        dead."""
        command = pack_command(words)
        if self._connection is None:
            self._connection = await self._pool.get_connection()
            self._connection.socket_timeout = None  # `_exchange` has one limit for all
            return await self._exchange(command)
        try:
            return await self._exchange(command)
        except NoConnection:
            return await self._exchange(command)

    async def _exchange(self, command: bytes) -> Any:
        async with asyncio.timeout(settings.REDIS_TIMEOUTS["socket_timeout"]):
            await self._connection.send_packed_command(command, check_health=False)
            return await self._connection.read_response()


class Script:
    """A script by the name that Redis gives it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.name = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
