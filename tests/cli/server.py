"""The server as its users start it: a process on a free port, with a data folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STARTED_AFTER_S = ENDED_AFTER_S = 60.0
LOOK_AGAIN_S = 0.05
CLUSTER = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}


class LiveServer:
    def __init__(self, folder: Path, **env: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._env = {name: value for name, value in os.environ.items() if name not in CLUSTER}
        self._env |= {"PORT": str(self.port), "PLANDEX_DATA_DIR": str(folder / "data")}
        self._env |= env
        self._log = folder / "server.log"
        self.start()

    def start(self) -> None:
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            self._wait_started()
        except BaseException:
            self._process.kill()
            raise

    def _wait_started(self) -> None:
        give_up = time.monotonic() + STARTED_AFTER_S
        while not self._answers():
            assert self._process.poll() is None, self.log
            assert time.monotonic() < give_up, self.log
            threading.Event().wait(LOOK_AGAIN_S)

    @property
    def log(self) -> str:
        return self._log.read_text()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def end(self, number: signal.Signals) -> int:
        """Sends a signal and waits; the exit code."""
        self._process.send_signal(number)
        return self._process.wait(ENDED_AFTER_S)

    def close(self) -> None:
        if self._process.poll() is None:
            self.end(signal.SIGTERM)  # SIGINT may be ignored: where a shell runs the suite aside


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
