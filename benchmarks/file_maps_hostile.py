"""Hostile files, one after the other, against a running server.

    python -m benchmarks.file_maps_hostile http://127.0.0.1:8099 [--files 1000] [--pids PID,PID]

The server runs in local mode. While the files are mapped, another user asks for small things.
Prints how long each file took, how many have no map, and how the other user's requests fared
before and meanwhile.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.hostile_files import hostile_files
from benchmarks.processes import Watch, zombies
from benchmarks.world import World

# What a file may take: the pool kills a worker after 8 s, 16 s if it could not run, and starts
# another.
LIMIT_SECONDS = 20.0
QUIET_SECONDS = 10.0
PAUSE_SECONDS = 0.05
GOOD = ("good.py", "def good(): ...\n", "def good()\n")


@dataclass(slots=True)
class Outcome:
    """What became of the files."""

    seconds: list[tuple[float, str]] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base")
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clients", type=int, default=2)
    parser.add_argument("--pids", default="", help="the server's processes, for their memory")
    options = parser.parse_args()
    pids = [int(pid) for pid in options.pids.split(",") if pid]
    world = World(options.base)
    world.sign_in("http://127.0.0.1:9")
    outcome = Outcome()
    with _other_user(world) as quiet:
        time.sleep(QUIET_SECONDS)
    began = time.perf_counter()
    with _other_user(world) as meanwhile, Watch(pids) as watch:
        files = iter(list(hostile_files(options.files, options.seed)))
        lock = threading.Lock()
        with ThreadPoolExecutor(options.clients) as clients:
            for _ in range(options.clients):
                clients.submit(_send_all, options.base, world, files, lock, outcome)
    took = time.perf_counter() - began
    _print(options.files, took, outcome, quiet, meanwhile)
    if pids:
        left = sum(map(zombies, pids))
        print(f"at most {watch.most_mb:.0f} MB in all processes, {left} zombies afterwards")


def _send_all(
    base: str,
    world: World,
    files: Iterator[tuple[str, str]],
    lock: threading.Lock,
    outcome: Outcome,
) -> None:
    own = World(base)
    own.headers = dict(world.headers)
    while True:
        with lock:
            path, text = next(files, ("", ""))
        if not path:
            return
        began = time.perf_counter()
        try:
            answer = own.call("POST", "/file_map", {"mapInputs": {path: text, GOOD[0]: GOOD[1]}})
        except (SystemExit, OSError, http.client.HTTPException) as error:
            outcome.problems.append(f"{path}: {error!r}")
            own = World(base)
            own.headers = dict(world.headers)
            continue
        seconds = time.perf_counter() - began
        maps: dict[str, str] = answer["mapBodies"]
        outcome.seconds.append((seconds, path))
        # What is no Unicode cannot be a name in JSON: the server replaces it.
        path = path.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if maps.keys() != {path, GOOD[0]} or maps[GOOD[0]] != GOOD[2]:
            outcome.problems.append(f"{path}: the other file's map is {maps.get(GOOD[0])!r}")
        if seconds > LIMIT_SECONDS:
            outcome.problems.append(f"{path}: took {seconds:.1f} s")
        found = maps.get(path, "")
        outcome.answers["[NO MAP]" if found == "[NO MAP]" else "a map" if found else "empty"] += 1


@contextmanager
def _other_user(world: World) -> Iterator[list[float]]:
    """Asks for the list of plans again and again; yields the times in milliseconds."""
    times: list[float] = []
    over = threading.Event()
    project = world.call("POST", "/projects", {"name": "other"})["id"]

    def ask() -> None:
        connection = http.client.HTTPConnection(world.host, world.port, timeout=60)
        while not over.is_set():
            began = time.perf_counter()
            connection.request("GET", f"/plans?projectId={project}", headers=world.headers)
            json.loads(connection.getresponse().read() or b"null")
            times.append((time.perf_counter() - began) * 1_000)
            time.sleep(PAUSE_SECONDS)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    try:
        yield times
    finally:
        over.set()
        thread.join()


def _print(
    files: int, took: float, outcome: Outcome, quiet: list[float], meanwhile: list[float]
) -> None:
    slowest = sorted(outcome.seconds, reverse=True)[:5]
    print(f"{files} hostile files in {took:.1f} s: {dict(outcome.answers)}")
    print("slowest: " + ", ".join(f"{path[-20:]!a} {seconds:.1f} s" for seconds, path in slowest))
    for name, times in (("before", quiet), ("meanwhile", meanwhile)):
        times.sort()
        p99 = times[max(0, int(len(times) * 0.99) - 1)]
        print(
            f"another user's requests {name}: p50 {statistics.median(times):.1f},"
            f" p99 {p99:.1f}, max {times[-1]:.1f} ms ({len(times)})"
        )
    print(f"{len(outcome.problems)} problems", *map(ascii, outcome.problems), sep="\n")


if __name__ == "__main__":
    main()
