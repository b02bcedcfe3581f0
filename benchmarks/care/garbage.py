"""Garbage is collected and old rows are pruned while people work.

    python -m benchmarks.care.garbage --database postgresql://…/NAME --redis redis://…
    python -m benchmarks.care.garbage

The first form is a cluster, NAME an empty database; the second one process on SQLite. First people
work, rewind and delete branches, so that a part of each history is reached by nothing any more, and
a part of the runs is made old. Then others work on, make garbage of their own, and meanwhile
`collect_garbage --grace-hours 0` and `prune` run again and again. At the end:

- of the plans at rest exactly what a program of this benchmark's own finds unreachable is gone, of
  the old runs exactly their logs and calls; all other rows are the same, column by column;
- every revision of every plan reads under the name of its content, logs have no gap, references
  lead somewhere (`benchmarks.care.verify`), and nothing that people did failed.
"""

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from benchmarks.care.histories import Database, Rest
from benchmarks.care.load import Load
from benchmarks.care.models_thread import models_served
from benchmarks.care.site import ROOT, Site
from benchmarks.care.trial import judged, parser_of, site_for
from benchmarks.world import World


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="of each of the two parts")
    parser.add_argument("--tellers", type=int, default=6)
    options = parser.parse_args()
    with site_for(options) as site:
        database = Database(options.database or site.folder / "plandex.sqlite3")
        problems = _play(site, database, options)
    judged(problems)


def _play(site: Site, database: Database, options: argparse.Namespace) -> list[str]:
    with models_served(clock_chunks=20, clock_s=0.05) as models:
        site.start()
        first = Load([site.base], models.url, tellers=options.tellers)
        first.start()
        wasted = _while(first, options.seconds, lambda: _waste(site.base, first.world))
        problems = [*first.errors]
        before = Rest(database, database.age_some_runs())
        load = Load([site.base], models.url, tellers=options.tellers)
        load.start()
        said: list[str] = []
        wasted += _while(load, options.seconds, lambda: _care(site, load.world, said))
        problems += load.errors
    site.stop()
    said += [site.manage("collect_garbage", "--grace-hours", "0")]
    problems += before.compared(database)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.care.verify"],
        cwd=ROOT,
        env=site.env,
        capture_output=True,
        text=True,
        check=True,
    )
    # Old calls are pruned, the days keep them: their sums differ, as they have to.
    problems += [one for one in json.loads(done.stdout)["problems"] if "the days say" not in one]
    print(f"runs: {dict(first.ends)}, then {dict(load.ends)}; plans made to waste: {wasted}")
    print(f"at rest: {before}; the commands ran {len(said)} times, the last ones said:")
    print("".join(said[-4:]))
    return problems


def _while(load: Load, seconds: float, work: Callable[[], int]) -> int:
    """Does the work again and again for so long, then lets the load end; the sum of its answers."""
    until, count = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        count += work()
        time.sleep(0.3)
    load.stop()
    return count


def _care(site: Site, world: World, said: list[str]) -> int:
    """One round of an operator's care, beside somebody who makes garbage."""
    counts: list[int] = []
    waster = threading.Thread(target=lambda: counts.append(_waste(site.base, world)))
    waster.start()
    said.append(site.manage("collect_garbage", "--grace-hours", "0"))
    waster.join()
    said.append(site.manage("prune", "--events", "1", "--calls", "1"))
    return sum(counts)


def _waste(base: str, first: World) -> int:
    """A plan whose branches are rewound and deleted, so that much of it is reached by nothing."""
    world = World(base)
    world.headers = first.headers
    project = world.call("POST", "/projects", {"name": "waste"})["id"]
    plan = world.call("POST", f"/projects/{project}/plans", {"name": "waste"})["id"]

    def load(branch: str, name: str) -> None:
        note = {"contextType": "note", "name": name, "body": f"{name} of {branch} " * 40}
        world.call("POST", f"/plans/{plan}/{branch}/context", [note])

    for number in range(3):
        load("main", f"kept-{number}")
    head = world.call("GET", f"/plans/{plan}/main/logs")["shas"][0]
    world.call("POST", f"/plans/{plan}/main/branches", {"name": "side"})
    for number in range(3):
        load("main", f"rewound-{number}")
        load("side", f"deleted-{number}")
    world.call("PATCH", f"/plans/{plan}/main/rewind", {"sha": head})
    world.call("DELETE", f"/plans/{plan}/branches/side")
    # The same content once more: rows that were garbage a moment ago are needed again.
    load("main", "rewound-0")
    world.close()
    return 1


if __name__ == "__main__":
    main()
