"""Two hundred runs while workers, web processes and Redis are killed at random.

    python -m benchmarks.faults [--runs 200] [--seconds 120] [--port 8160] [--seed 1] [--keep]

With `--postgres` PostgreSQL is restarted too, in good order and by force.

Starts a cluster of its own (`deploy/cluster.sh`) in a temporary folder, and a scripted model that
notes every chunk it sends; the workers note every chunk that they receive. Clients tell on either
web process and watch over server-sent events or a WebSocket; when a connection breaks they go on
at the other process after the last event they have. At the end the database is compared with what
the workers received and the clients saw:

- every run has one end;
- what a client was shown is in the log, under the number it had, and nothing was left out;
- what a worker received, unless a fault followed within a second, is in a conversation or a log;
- nothing comes twice: in a conversation, in a log, at a client;
- every branch is at rest, and takes a new prompt;
- the provider key of the runs is in no table, no Redis key and no log file.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path

from benchmarks.faults.checks import Findings, check
from benchmarks.faults.clients import Client, Seen, headers_of
from benchmarks.faults.cluster import Cluster
from benchmarks.faults.model import NotingModels
from benchmarks.world import World

KEY_VARIABLE = "FAULTS_API_KEY"
PAUSE_S = (5.0, 9.0)
"""Between two faults: most of what one breaks is whole again before the next."""
SETTLE_S = 100.0
"""Three attempts of a run that lost its workers, one after another."""


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--port", type=int, default=8160)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true", help="restart PostgreSQL as well")
    parser.add_argument("--keep", action="store_true", help="keep the folder with the logs")
    options = parser.parse_args()
    cluster = Cluster(_folder(), options.port, postgres=options.postgres)
    try:
        await cluster.start()
        findings = await _play(cluster, options)
    finally:
        await cluster.stop()
        if options.keep:
            print(f"logs in {cluster.folder}")
        else:
            cluster.remove()
    sys.exit(1 if findings.problems else 0)


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="plandex-faults-"))
    folder.chmod(0o755)  # PostgreSQL's user has to reach it
    return folder


async def _play(cluster: Cluster, options: argparse.Namespace) -> Findings:
    key = f"marker-{os.urandom(12).hex()}"
    dice = random.Random(options.seed)
    models = NotingModels()
    await models.start()
    world, plans = await asyncio.to_thread(_plans, cluster, models.url, options.runs)
    body = {KEY_VARIABLE: key}
    clients = [Client(headers_of(world), cluster.ports, plan, body, dice) for plan in plans]
    began = time.time()
    until = began + options.seconds
    watching = asyncio.gather(
        *(
            _after(dice.uniform(0, options.seconds * 0.75), client.watch(until + SETTLE_S))
            for client in clients
        )
    )
    await _break(cluster, dice, until)
    seen = await watching
    seconds = time.time() - began
    findings = await check(cluster, models, seen, key)
    findings.add(await _told_again(clients[:: max(1, len(clients) // 10)]))
    print(findings.report(cluster, seen, seconds))
    return findings


async def _after(seconds: float, watch: Awaitable[Seen]) -> Seen:
    await asyncio.sleep(seconds)
    return await watch


def _plans(cluster: Cluster, models: str, count: int) -> tuple[World, list[str]]:
    world = World(f"http://127.0.0.1:{cluster.ports[0]}")
    world.sign_in(models, key_variable=KEY_VARIABLE)
    project = world.call("POST", "/projects", {"name": "faults"})["id"]
    path = f"/projects/{project}/plans"
    return world, [world.call("POST", path, {"name": f"f{n}"})["id"] for n in range(count)]


async def _break(cluster: Cluster, dice: random.Random, until: float) -> None:
    while True:
        await asyncio.sleep(dice.uniform(*PAUSE_S))
        if time.time() > until:
            return
        await cluster.fault(dice)


async def _told_again(clients: list[Client]) -> list[str]:
    """Branches that do not take a new prompt."""
    ends = await asyncio.gather(*(client.again(time.time() + 60) for client in clients))
    return [f"a new prompt ended with {end}" for end in ends if end != "finished"]


if __name__ == "__main__":
    asyncio.run(main())
