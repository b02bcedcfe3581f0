"""Many users tell at once. Every chunk carries its number and the time at which it left the model.

    python -m benchmarks.streams http://127.0.0.1:8099 100 [--pids PID,PID]

Prints what was lost, how late the chunks came (without the first five of each stream, which wait
for the CLI's view), how late the first text was after the model sent it and the view was there,
and what the server's processes used.
"""

import argparse
import asyncio
import json
import os
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.models import ModelServer
from benchmarks.world import World, tell_body

WORD = re.compile(r"w(\d{5})@(\d+\.\d+)")
END = re.compile(r'\{"type":"(finished|error|aborted)"')
HELD = 5
LIMIT_S = 90.0
VIEW_OPENS_S = 0.15
"""So long after the start frame the CLI can take text."""


@dataclass(slots=True)
class Seen:
    """What came of one stream: its chunks, how late they were, how it ended."""

    chunks: set[int] = field(default_factory=set)
    late: list[float] = field(default_factory=list)
    started_at: float = 0.0
    first_late: float | None = None
    end: str = "hung"

    def take(self, number: int, sent: float, now: float) -> None:
        if number in self.chunks:
            return
        if self.first_late is None:
            self.first_late = max(0.0, now - max(sent, self.started_at + VIEW_OPENS_S))
        self.chunks.add(number)
        if number >= HELD:
            self.late.append(now - sent)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base")
    parser.add_argument("streams", type=int)
    parser.add_argument("--chunks", type=int, default=200)
    parser.add_argument("--pids", default="")
    options = parser.parse_args()
    models = ModelServer(clock_chunks=options.chunks)
    await models.start()
    world, plans = await asyncio.to_thread(_plans, options.base, models.url, options.streams)
    pids = [int(pid) for pid in options.pids.split(",") if pid]
    before, start = [_used(pid) for pid in pids], time.time()
    seen = await asyncio.gather(*(_stream(world, plan) for plan in plans))
    after = [_used(pid) for pid in pids]
    late = sorted(delay for stream in seen for delay in stream.late)
    first = sorted(one.first_late for one in seen if one.first_late is not None)
    chunks = options.streams * options.chunks
    cpu = sum(b[0] - a[0] for a, b in zip(before, after, strict=True))
    result = {
        "streams": options.streams,
        "seconds": round(time.time() - start, 1),
        "chunks_lost": chunks - sum(len(stream.chunks) for stream in seen),
        "of": chunks,
        "ends": Counter(stream.end for stream in seen),
        "late_ms": _shares(late),
        "first_text_ms": _shares(first),
        "cpu_ms_per_chunk": round(cpu * 1000 / chunks, 3) if pids else None,
        "memory_mb": [round(used[1]) for used in after],
    }
    print(json.dumps(result))


def _plans(base: str, models: str, count: int) -> tuple[World, list[str]]:
    world = World(base)
    world.sign_in(models)
    project = world.call("POST", "/projects", {"name": "streams"})["id"]
    path = f"/projects/{project}/plans"
    return world, [world.call("POST", path, {"name": f"s{n}"})["id"] for n in range(count)]


async def _stream(world: World, plan: str) -> Seen:
    reader, writer = await asyncio.open_connection(world.host, world.port, limit=1 << 24)
    body = json.dumps(tell_body("script:clock", chat=True)).encode()
    head = "".join(f"{name}: {value}\r\n" for name, value in world.headers.items())
    request = f"POST /plans/{plan}/main/tell HTTP/1.1\r\nHost: x\r\n{head}"
    writer.write(f"{request}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    seen, text = Seen(), ""
    try:
        async with asyncio.timeout(LIMIT_S):
            while data := await reader.read(65536):
                now = time.time()
                seen.started_at = seen.started_at or now
                text = text[-200:] + data.decode("latin1")
                for number, sent in WORD.findall(text):
                    seen.take(int(number), float(sent), now)
                end = END.search(text)
                if end:
                    seen.end = end[1]
                    return seen
            seen.end = "cut"
    except TimeoutError:
        pass
    finally:
        writer.close()
    return seen


def _shares(values: list[float]) -> dict[str, float]:
    return {name: _at(values, share) for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))}


def _at(values: list[float], share: float) -> float:
    if not values:
        return 0.0
    return round(values[min(len(values) - 1, int(len(values) * share))] * 1000, 1)


def _used(pid: int) -> tuple[float, float]:
    """CPU seconds and resident megabytes of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    ticks = os.sysconf("SC_CLK_TCK")
    return (int(fields[11]) + int(fields[12])) / ticks, int(fields[21]) * 4096 / 1e6


if __name__ == "__main__":
    asyncio.run(main())
