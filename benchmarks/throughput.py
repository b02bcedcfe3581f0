"""Requests per second over several connections at once.

    python -m benchmarks.throughput http://127.0.0.1:8099 [--connections 16] [--seconds 3]

The server runs in local mode. The client takes a part of the machine too, so compare servers on
one machine only.
"""

import argparse
import asyncio
import re
import time

from benchmarks.world import World

LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
PLANS = 30
UNUSED = "http://127.0.0.1:9/v1"


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()
    world = World(options.base)
    for name, path in (await asyncio.to_thread(_paths, world)).items():
        until = time.perf_counter() + options.seconds
        counts = await asyncio.gather(
            *(_requests(world, path, until) for _ in range(options.connections))
        )
        print(f"{name:24} {sum(counts) / options.seconds:7.0f} requests/s", flush=True)


def _paths(world: World) -> dict[str, str]:
    world.sign_in(UNUSED)
    project = world.call("POST", "/projects", {"name": "throughput"})["id"]
    plans = [
        world.call("POST", f"/projects/{project}/plans", {"name": f"p{number}"})["id"]
        for number in range(PLANS)
    ]
    files = [
        {"contextType": "file", "name": f"f{n}.py", "file_path": f"f{n}.py", "body": f"x = {n}\n"}
        for n in range(100)
    ]
    world.call("POST", f"/plans/{plans[0]}/main/context", files)
    return {
        "org session": "/orgs/session",
        f"list plans ({PLANS})": f"/plans?projectId={project}",
        "list context (100)": f"/plans/{plans[0]}/main/context",
        "current plan": f"/plans/{plans[0]}/main/current_plan",
    }


async def _requests(world: World, path: str, until: float) -> int:
    """One connection that asks again as soon as it has its answer."""
    reader, writer = await asyncio.open_connection(world.host, world.port, limit=1 << 22)
    head = "".join(f"{name}: {value}\r\n" for name, value in world.headers.items())
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode()
    count = 0
    while time.perf_counter() < until:
        writer.write(request)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.split(b" ", 2)[1] == b"200", answer
        length = LENGTH.search(answer)
        if length:
            await reader.readexactly(int(length[1]))
        else:
            await _chunks(reader)
        count += 1
    writer.close()
    return count


async def _chunks(reader: asyncio.StreamReader) -> None:
    size = -1
    while size:
        size = int(await reader.readline(), 16)
        await reader.readexactly(size + 2)


if __name__ == "__main__":
    asyncio.run(main())
