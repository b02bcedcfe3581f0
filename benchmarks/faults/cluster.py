"""The cluster under test, and what is done to it."""

import asyncio
import os
import random
import shutil
import signal
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

ROOT = Path(__file__).resolve().parents[2]
FAULTS = (
    *((f"worker-{n}", signal.SIGKILL) for n in (1, 2)),
    *((f"worker-{n}", signal.SIGTERM) for n in (1, 2)),
    *((f"web-{n}", signal.SIGKILL) for n in (1, 2)),
    ("web-1", signal.SIGTERM),
    ("redis", signal.SIGKILL),
    ("redis", None),  # its data is dropped
)
START_S = 90.0


@dataclass(frozen=True, slots=True)
class Fault:
    victim: str
    what: str
    at: float


class Cluster:
    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.ports = (port, port + 1)
        self.redis_url = f"redis://127.0.0.1:{port + 2000}/0"
        self.database_url = f"postgresql://plandex@127.0.0.1:{port + 1000}/plandex"
        self.faults: list[Fault] = []
        self._deck: list[tuple[str, signal.Signals | None]] = []
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.endswith("_URL")},
            "PORT": str(self.ports[0]),
            "PLANDEX_DATA_DIR": str(self.folder),
            "CLUSTER_RESTART": "1",
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
            self._deck = list(FAULTS)
            dice.shuffle(self._deck)
        victim, how = self._deck.pop()
        if how is None:
            client = Redis.from_url(self.redis_url)
            try:
                await client.flushall()
            except (OSError, RedisError):
                return  # it is just starting again
            finally:
                await client.aclose()
        else:
            try:
                os.kill(int((self.folder / "run" / f"{victim}.pid").read_text()), how)
            except ProcessLookupError:
                return  # not back yet from the last one
        what = "FLUSHALL" if how is None else how.name
        self.faults.append(Fault(victim, what, time.time()))
        print(f"{time.strftime('%X')} {victim} {what}", flush=True)

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
