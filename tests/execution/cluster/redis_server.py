"""A Redis of the tests' own: one that they may stop, start and empty."""

import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import ConnectionError as NoConnection

START_S = 5.0


class RedisServer:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.start()

    def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "install redis-server to test what many processes share"
        options = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(
            [program, *options, "--dir", str(self._folder)], stdout=subprocess.DEVNULL
        )
        until = time.monotonic() + START_S
        while not self._answers():
            assert time.monotonic() < until, "redis-server does not start"

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def client(self) -> Any:
        return Redis.from_url(self.url)

    def empty(self) -> None:
        with self.client() as redis:
            redis.flushall()

    def everything(self) -> bytes:
        """All that it holds, keys and values."""
        with self.client() as redis:
            return b"".join(key + (redis.dump(key) or b"") for key in redis.scan_iter())

    def _answers(self) -> bool:
        try:
            with self.client() as redis:
                return bool(redis.ping())
        except NoConnection:
            return False


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
