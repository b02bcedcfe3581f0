"""Every process of a cluster is restarted in turn while people work, as an upgrade does it.

    python -m benchmarks.care.rolling --database postgresql://…/NAME --redis redis://…

NAME has to be an empty database. Two web processes and two workers, `--rounds` times each. Clients
tell on either web process and watch; when their connection ends they go on at the other one after
the last event they have. Somebody else asks both web processes for `/health` all the time. At the
end, beside what `benchmarks.faults` asks of runs, logs and clients:

- every prompt that was sent led to one run, and each run finished;
- at no moment was nobody there to answer; how long each process was away, and whether one that
  had come back was silent.
"""

import argparse
import asyncio
import json
import os
import random
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import aiohttp

from benchmarks.care.site import Site
from benchmarks.care.trial import judged, parser_of, site_for
from benchmarks.faults.checks import check
from benchmarks.faults.clients import Client, Seen, headers_of
from benchmarks.faults.cluster import Fault
from benchmarks.faults.model import Chunk, NotingModels
from benchmarks.faults.worker import FILE, received_read
from benchmarks.world import World

KEY_VARIABLE = "ROLLING_API_KEY"
ASK_EVERY_S, ASK_LIMIT_S = 0.1, 2.0
SILENT_S = 10.0
"""A web process that has come back and then answers nobody for so long has hung."""
PAUSE_S = 3.0
SETTLE_S = 300.0


class Rolling:
    """The cluster that is restarted, and what its restarts looked like from outside."""

    def __init__(self, site: Site, options: argparse.Namespace) -> None:
        self.folder = site.folder
        self.database_url, self.redis_url = options.database, options.redis
        self.ports = (options.port, options.port + 1)
        self.faults: list[Fault] = []
        self.answers: dict[int, list[float]] = {port: [time.time()] for port in self.ports}
        self._site, self._rounds = site, options.rounds
        self.is_over = False
        self._received = self.folder / "received"
        site.worker = ["-m", "benchmarks.faults.worker"]
        site.env[FILE] = str(self._received)

    @property
    def received(self) -> list[Chunk]:
        return received_read(self._received)

    @property
    def logs(self) -> list[Path]:
        return sorted(self.folder.glob("*.log"))

    async def restart_all(self) -> None:
        for _ in range(self._rounds):
            for name in self._site.names:
                await asyncio.sleep(PAUSE_S)
                began = time.time()
                self.faults.append(Fault(name, "restart", began, began))
                await asyncio.to_thread(self._site.restart_one, name)
                print(f"{name} was back after {time.time() - began:.1f} s", flush=True)
        self.is_over = True

    async def ask(self, port: int) -> None:
        """Notes when the process answers."""
        limit = aiohttp.ClientTimeout(total=ASK_LIMIT_S)
        async with aiohttp.ClientSession(timeout=limit) as session:
            while not self.is_over:
                try:
                    async with session.get(f"http://127.0.0.1:{port}/health") as answer:
                        if answer.status == 200:
                            self.answers[port].append(time.time())
                except (aiohttp.ClientError, TimeoutError, OSError):
                    pass
                await asyncio.sleep(ASK_EVERY_S)

    def silences(self) -> tuple[dict[str, float], list[str]]:
        """The longest silences in seconds, and those that no restart explains."""
        away = {f"{port}": _longest(times) for port, times in self.answers.items()}
        both = sorted(moment for times in self.answers.values() for moment in times)
        problems = []
        if _longest(both) > SILENT_S:
            problems.append(f"nobody answered for {_longest(both):.1f} s")
        for number, port in enumerate(self.ports, 1):
            restarts = [one.at for one in self.faults if one.victim == f"web-{number}"]
            times = self.answers[port]
            problems += [
                f"web-{number} did not answer for {later - earlier:.1f} s"
                for earlier, later in pairwise(times)
                if later - earlier > SILENT_S
                and not any(earlier - ASK_LIMIT_S <= at <= later for at in restarts)
            ]
        return {**away, "both": _longest(both)}, problems


def _longest(times: list[float]) -> float:
    pairs = pairwise(times)
    return round(max((later - earlier for earlier, later in pairs), default=0.0), 1)


def main() -> None:
    parser = parser_of(__doc__, is_cluster=True)
    parser.add_argument("--clients", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    with site_for(options) as site:
        rolling = Rolling(site, options)
        site.start()
        problems = asyncio.run(_play(rolling, options.clients))
    judged(problems)


async def _play(rolling: Rolling, clients: int) -> list[str]:
    key = f"marker-{os.urandom(12).hex()}"
    models = NotingModels()
    await models.start()
    world = World(f"http://127.0.0.1:{rolling.ports[0]}")
    world.sign_in(models.url, key_variable=KEY_VARIABLE)
    project = world.call("POST", "/projects", {"name": "rolling"})["id"]
    dice = random.Random(1)
    seen: list[Seen] = []

    async def work(number: int) -> None:
        """One run after another, each on a plan of its own."""
        count = 0
        while not rolling.is_over:
            count += 1
            name = f"r{number}-{count}"
            plan = await asyncio.to_thread(_plan, rolling.ports, world, project, name)
            client = Client(headers_of(world), rolling.ports, plan, {KEY_VARIABLE: key}, dice)
            seen.append(await client.watch(time.time() + SETTLE_S))

    asked = [rolling.ask(port) for port in rolling.ports]
    await asyncio.gather(rolling.restart_all(), *asked, *(work(n) for n in range(clients)))
    findings = await check(rolling, models, seen, key)
    if len(findings.runs) != len(seen):
        findings.add([f"{len(seen)} prompts led to {len(findings.runs)} runs"])
    findings.add(
        f"run {run.run} ended with {run.end}" for run in findings.runs if run.end != "finished"
    )
    silent, problems = rolling.silences()
    findings.add(problems)
    result = {
        "runs": len(findings.runs),
        "restarts": len(rolling.faults),
        "ends": Counter(run.end for run in findings.runs),
        "attempts": Counter(run.attempts for run in findings.runs),
        "chunks": findings.chunks,
        "reconnects": sum(one.reconnects for one in seen),
        "refusals": Counter(refusal for one in seen for refusal in one.refusals),
        "longest_silence_s": silent,
    }
    print(json.dumps(result))
    return findings.problems


def _plan(ports: tuple[int, int], world: World, project: str, name: str) -> str:
    """Made by whichever process answers."""
    until = time.time() + SETTLE_S
    while True:
        for port in ports:
            own = World(f"http://127.0.0.1:{port}")
            own.headers = world.headers
            try:
                made = own.call("POST", f"/projects/{project}/plans", {"name": name})
                return str(made["id"])
            except OSError:
                pass  # it is being restarted
            finally:
                own.close()
        if time.time() > until:
            raise SystemExit("nobody makes plans")


if __name__ == "__main__":
    main()
