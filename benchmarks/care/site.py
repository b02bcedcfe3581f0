"""A server under test: one process on SQLite, or two web processes and two workers that share a
PostgreSQL and a Redis which are there already."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_S, END_S = 90.0, 60.0


class Site:
    """`urls` are empty for the one process; `env` is what a test adds."""

    def __init__(
        self, folder: Path, port: int, *, database_url: str, redis_url: str, env: Mapping[str, str]
    ) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.folder, self._port = folder, port
        urls = {"DATABASE_URL": database_url, "REDIS_URL": redis_url} if database_url else {}
        kept = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
        self.env = {**kept, **urls, "LOCAL_MODE": "1", "PLANDEX_DATA_DIR": str(folder), **env}
        self.env["PYTHONUNBUFFERED"] = "1"
        self.names = ["web-1", "web-2", "worker-1", "worker-2"] if urls else ["web-1"]
        self.worker = ["manage.py", "worker"]
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        for name in self.names:
            self._start(name)

    def restart(self, changes: Mapping[str, str]) -> None:
        """One process after the other, with other variables, as an operator does it."""
        self.env |= changes
        for name in self.names:
            self.restart_one(name)

    def restart_one(self, name: str) -> None:
        self._end(name)
        self._start(name)

    def stop(self) -> None:
        for name in reversed(self.names):
            if name in self._processes:
                self._end(name)

    def manage(self, *args: str, **env: str) -> str:
        """What a command prints; it has to succeed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *args],
            cwd=ROOT,
            env={**self.env, **env},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(f"manage.py {' '.join(args)}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    @property
    def logs(self) -> str:
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def _start(self, name: str) -> None:
        port = self._port + (name == "web-2")
        is_web = name.startswith("web")
        what = ["manage.py", "serve", "--port", str(port)] if is_web else self.worker
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, *what],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if is_web:
            _wait_for(f"http://127.0.0.1:{port}/health")
        elif name == self.names[-1]:
            _wait_for(f"http://127.0.0.1:{self._port}/health/ready")

    def _end(self, name: str) -> None:
        process = self._processes.pop(name)
        process.send_signal(signal.SIGTERM)
        process.wait(END_S)


def _wait_for(url: str) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"{url} does not answer")
