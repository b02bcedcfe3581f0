"""The cluster under test, and what is done to it."""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from benchmarks.faults.model import Chunk
from benchmarks.faults.worker import FILE, received_read

ROOT = Path(__file__).resolve().parents[2]
How = signal.Signals | str | None
FAULTS: tuple[tuple[str, How], ...] = (
    *((f"worker-{n}", signal.SIGKILL) for n in (1, 2)),
    *((f"worker-{n}", signal.SIGTERM) for n in (1, 2)),
    *((f"web-{n}", signal.SIGKILL) for n in (1, 2)),
    ("web-1", signal.SIGTERM),
    ("redis", signal.SIGKILL),
    ("redis", None),  # its data is dropped
)
POSTGRES = (("postgres", "fast"), ("postgres", "immediate"))
"""Restarts: orderly, and by force."""
START_S = 90.0


@dataclass(frozen=True, slots=True)
class Fault:
    """Between `at` and `until` it happened: on a busy machine a signal takes a moment to send."""

    victim: str
    what: str
    at: float
    until: float


class Cluster:
    def __init__(self, folder: Path, port: int, *, postgres: bool = False) -> None:
        self.folder = folder
        self.ports = (port, port + 1)
        self.redis_url = f"redis://127.0.0.1:{port + 2000}/0"
        self.database_url = f"postgresql://plandex@127.0.0.1:{port + 1000}/plandex"
        self.faults: list[Fault] = []
        self._received = folder / "received"
        self._known: tuple[tuple[str, How], ...] = (*FAULTS, *POSTGRES) if postgres else FAULTS
        self._deck: list[tuple[str, How]] = []
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.endswith("_URL")},
            "PORT": str(self.ports[0]),
            "PLANDEX_DATA_DIR": str(self.folder),
            "CLUSTER_RESTART": "1",
            "CLUSTER_WORKER": "-m benchmarks.faults.worker",
            FILE: str(self._received),
        }
        with (self.folder / "cluster.log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(ROOT / "deploy" / "cluster.sh"),
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        await asyncio.to_thread(_wait_for, self.ports)

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    async def fault(self, dice: random.Random) -> None:
        if not self._deck:
            self._deck = list(self._known)
            dice.shuffle(self._deck)
        victim, how = self._deck.pop()
        began = done = time.time()
        if how is None:
            client = Redis.from_url(self.redis_url)
            try:
                await client.flushall()
            except (OSError, RedisError):
                return  # it is just starting again
            finally:
                await client.aclose()
        elif isinstance(how, str):
            await asyncio.to_thread(self._restart_postgres, how)
        else:
            try:
                os.kill(int((self.folder / "run" / f"{victim}.pid").read_text()), how)
                done = time.time()
            except ProcessLookupError:
                return  # not back yet from the last one
        what = "FLUSHALL" if how is None else how if isinstance(how, str) else how.name
        self.faults.append(Fault(victim, what, began, done))
        print(f"{time.strftime('%X')} {victim} {what}", flush=True)

    def _restart_postgres(self, mode: str) -> None:
        """As the user who owns its data, with the options that it was started with."""
        data = self.folder / "postgres"
        pid = (data / "postmaster.pid").read_text().split()[0]
        pg_ctl = Path(f"/proc/{pid}/exe").readlink().with_name("pg_ctl")
        command = [str(pg_ctl), "-D", str(data), "-w", "-m", mode, "restart"]
        if os.geteuid() == 0:
            command = ["runuser", "-u", data.owner(), "--", *command]
        with (self.folder / "logs" / "postgres.log").open("ab") as log:
            subprocess.run(command, stdout=log, stderr=log, check=True)

    @property
    def received(self) -> list[Chunk]:
        return received_read(self._received)

    @property
    def logs(self) -> list[Path]:
        return [*self.folder.glob("logs/*"), *self.folder.glob("*.log")]


def _wait_for(ports: tuple[int, int]) -> None:
    until = time.time() + START_S
    while not all(_answers(port) for port in ports):
        if time.time() > until:
            raise SystemExit("the cluster did not start")
        time.sleep(0.3)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
