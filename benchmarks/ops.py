"""Latency of what a user waits for.

    python -m benchmarks.ops http://127.0.0.1:8099 [--n 40] [--out OUT.json]
    python -m benchmarks.ops http://127.0.0.1:8099 --against http://127.0.0.1:8100

The server runs in local mode. Prints p50 and p95 in milliseconds; with a second server, which is
measured first, the ratio of the medians too. `--pause` seconds pass between two tells, for servers
that refuse one right after another.
"""

import argparse
import asyncio
import http.client
import json
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.models import FILES, ModelServer
from benchmarks.world import World, tell_body

BODY = "".join(f"def f{n}(x):\n    return x + {n}\n\n" for n in range(120))
PLANS = 30
Results = dict[str, dict[str, float]]


class Bench:
    def __init__(self, world: World, n: int, pause: float) -> None:
        self.world, self.n, self.pause = world, n, pause
        self.results: Results = {}

    def measure(self, name: str, act: Callable[[int], object], n: int | None = None) -> None:
        times = []
        for number in range(n or self.n):
            start = time.perf_counter()
            act(number)
            times.append((time.perf_counter() - start) * 1000)
        self.note(name, times)

    def note(self, name: str, times: list[float]) -> None:
        times.sort()
        p95 = times[max(0, int(len(times) * 0.95) - 1)]
        self.results[name] = {"p50": statistics.median(times), "p95": p95, "n": len(times)}
        print(f"{name:44} p50 {self.results[name]['p50']:9.2f}  p95 {p95:9.2f} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base")
    parser.add_argument("--n", type=int, default=40)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--against", default="")
    parser.add_argument("--pause", type=float, default=0.0)
    options = parser.parse_args()
    models = _models_in_thread()
    bases = [base for base in (options.against, options.base) if base]
    measured = [_measured(base, models, options.n, options.pause) for base in bases]
    if options.against:
        _compare(*measured)
    if options.out:
        options.out.write_text(json.dumps(dict(zip(bases, measured, strict=True)), indent=1))


def _measured(base: str, models: str, n: int, pause: float) -> Results:
    print(base)
    world = World(base)
    world.sign_in(models)
    bench = Bench(world, n, pause)
    _operations(bench)
    _tells(bench)
    return bench.results


def _compare(other: Results, this: Results) -> None:
    """The table of `docs/performance.md`."""
    print("| Operation | Other, ms | This, ms | Ratio |")
    for name, result in this.items():
        before, after = other[name]["p50"], result["p50"]
        print(f"| {name} | {before:.1f} | {after:.1f} | {after / before:.2f} |")


def _models_in_thread() -> str:
    """A model server on a thread of its own; its address."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    server = ModelServer()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    return server.url


def _operations(bench: Bench) -> None:
    call = bench.world.call
    project = call("POST", "/projects", {"name": "bench"})["id"]
    plans = [
        call("POST", f"/projects/{project}/plans", {"name": f"plan {n}"})["id"]
        for n in range(PLANS)
    ]
    current = {"currentBranchByPlanId": dict.fromkeys(plans, "main")}
    bench.measure("health", lambda n: call("GET", "/health"))
    bench.measure("org session", lambda n: call("GET", "/orgs/session"))
    bench.measure(f"list plans ({PLANS})", lambda n: call("GET", f"/plans?projectId={project}"))
    bench.measure(
        f"current branches ({PLANS} plans)",
        lambda n: call("POST", f"/projects/{project}/plans/current_branches", current),
    )
    bench.measure("ps", lambda n: call("GET", f"/plans/ps?projectId={project}&recent=true"))
    bench.measure("get plan", lambda n: call("GET", f"/plans/{plans[0]}"))
    bench.measure(
        "create plan", lambda n: call("POST", f"/projects/{project}/plans", {"name": f"x {n}"})
    )
    bench.measure(
        "load context, 1 file of 4 KB",
        lambda n: call("POST", f"/plans/{plans[0]}/main/context", [_file(f"one{n}.py", n)]),
    )
    bench.measure(
        "load context, 100 files of 4 KB",
        lambda n: call(
            "POST",
            f"/plans/{plans[1 + n]}/main/context",
            [_file(f"d/f{k}.py", k) for k in range(100)],
        ),
        5,
    )
    _with_100_files(bench, plans[1])


def _with_100_files(bench: Bench, plan: str) -> None:
    call, path = bench.world.call, f"/plans/{plan}/main"
    contexts = [item["id"] for item in call("GET", f"{path}/context")]
    bench.measure("list context (100)", lambda n: call("GET", f"{path}/context"))
    bench.measure("context body", lambda n: call("GET", f"{path}/context/{contexts[n % 100]}/body"))
    bench.measure(
        "update 1 context",
        lambda n: call("PUT", f"{path}/context", {contexts[0]: {"body": f"# v{n}\n{BODY}"}}),
    )
    bench.measure(
        "current plan (100 files, nothing pending)",
        lambda n: call("GET", f"{path}/current_plan"),
        20,
    )
    for n in range(20):
        call("POST", f"{path}/branches", {"name": f"b{n}"})
    bench.measure(
        "create branch", lambda n: call("POST", f"{path}/branches", {"name": f"x{n}"}), 20
    )
    bench.measure("list branches (40)", lambda n: call("GET", f"/plans/{plan}/branches"))
    bench.measure("get settings", lambda n: call("GET", f"{path}/settings"))
    config = {"autoMode": "custom", "autoContinue": True, "autoBuild": True}
    bench.measure(
        "update plan config", lambda n: call("PUT", f"/plans/{plan}/config", {"config": config})
    )
    shas = call("GET", f"{path}/logs")["shas"]
    bench.measure(
        "rewind 1 step",
        lambda n: call("PATCH", f"{path}/rewind", {"sha": shas[1 + n]}),
        min(10, len(shas) - 1),
    )


def _tells(bench: Bench) -> None:
    call = bench.world.call
    project = call("POST", "/projects", {"name": "tells"})["id"]

    def plan() -> str:
        made: str = call("POST", f"/projects/{project}/plans", {"name": "t"})["id"]
        return f"/plans/{made}/main"

    chat = plan()
    whole = []
    first = []
    head = []
    for _ in range(12):
        time.sleep(bench.pause)
        told = _tell(bench.world, f"{chat}/tell", tell_body("script:chat", chat=True))
        head.append(told.head)
        first.append(told.text)
        whole.append(told.end)
    bench.note("tell (chat): headers", head)
    bench.note("tell (chat): first text", first)
    bench.note("tell (chat): whole, 400 words", whole)
    paths = [plan() for _ in range(4)]
    ends = [
        _tell(bench.world, f"{path}/tell", tell_body("script:files", chat=False)).end
        for path in paths
    ]
    bench.note(f"tell and build, {FILES} new files", ends)
    path = paths[0]
    bench.measure("current plan (40 pending)", lambda n: call("GET", f"{path}/current_plan"), 20)
    bench.measure("diffs (40 pending)", lambda n: call("GET", f"{path}/diffs?plain=true"), 20)
    bench.measure("convo", lambda n: call("GET", f"{path}/convo"))
    bench.measure("logs", lambda n: call("GET", f"{path}/logs"))
    bench.measure(
        "reject 1 file",
        lambda n: call("PATCH", f"{path}/reject_file", {"filePath": f"many/f{n}.py"}),
        10,
    )


class Told(NamedTuple):
    """Milliseconds until the headers, the first text, and the end."""

    head: float
    text: float
    end: float


def _tell(world: World, path: str, body: dict[str, object]) -> Told:
    connection = http.client.HTTPConnection(world.host, world.port, timeout=120)
    start = time.perf_counter()
    connection.request("POST", path, json.dumps(body), world.headers)
    response = connection.getresponse()
    assert response.status < 400, response.read()
    head = (time.perf_counter() - start) * 1000
    data, first = b"", 0.0
    while b'{"type":"finished"}' not in data:
        received = response.read1(65536)
        assert received, f"the stream ended early: {data[-200:]!r}"
        data += received
        if not first and b'"replyChunk"' in data:
            first = (time.perf_counter() - start) * 1000
    connection.close()
    return Told(head, first, (time.perf_counter() - start) * 1000)


def _file(path: str, number: int) -> dict[str, str]:
    return {
        "contextType": "file",
        "name": path,
        "file_path": path,
        "body": f"# {number}\n{BODY}",
    }


if __name__ == "__main__":
    main()
