"""Two servers map the same files over HTTP, one right after the other.

    python -m benchmarks.file_maps_against http://127.0.0.1:8099 http://127.0.0.1:8100
        DIR[:.go,.rs]... --pids PID PID [--senders 1] [--rounds 2]

Any two servers in local mode that speak the CLI's protocol. Prints for each folder (or its files of
the given kinds) megabytes per second by the clock, and per second of processor time of the servers'
processes with all that they started; the best of the rounds, whose texts end in other blanks.
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.file_maps import Batch, batches
from benchmarks.processes import processor_seconds
from benchmarks.world import World
from context.logic.file_maps import MAP_LIMITS

WARM = {"warm.py": "up = 1\n"}
MAX_SALT = 500


@dataclass(frozen=True, slots=True)
class Speed:
    """Megabytes per second."""

    by_clock: float
    by_processor: float


@dataclass(frozen=True, slots=True)
class Server:
    """A server and its first process."""

    base: str
    pid: int
    world: World

    def map_all(self, sent: list[Batch], senders: int) -> None:
        """Send all batches, some at once."""
        with ThreadPoolExecutor(senders) as threads:
            list(threads.map(self._send, sent))

    def _send(self, batch: Batch) -> None:
        world = World(self.base)
        world.headers = self.world.headers
        bodies = world.call("POST", "/file_map", {"mapInputs": batch})["mapBodies"]
        world.close()
        assert bodies.keys() == batch.keys(), "every path is answered"


def main() -> None:
    """Read the arguments, measure folder by folder, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bases", nargs=2)
    parser.add_argument("folders", nargs="+", help="DIR, or DIR:.kind,.kind")
    parser.add_argument("--pids", nargs=2, type=int, required=True)
    parser.add_argument("--senders", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    servers = [_signed_in(*pair) for pair in zip(options.bases, options.pids, strict=True)]
    print(f"{'':28}{'MB':>6}{'clock':>16}{'processor':>16}{'times':>13}")
    for folder in options.folders:
        path, _, kinds = folder.partition(":")
        files = _chosen(Path(path), tuple(kinds.split(",")) if kinds else ())
        one, two = _measured(servers, files, options.senders, options.rounds)
        print(
            f"{Path(path).name[:27]:28}{_megabytes(files):6.1f}"
            f"{one.by_clock:8.2f}{two.by_clock:8.2f}{one.by_processor:8.2f}{two.by_processor:8.2f}"
            f"{one.by_clock / two.by_clock:7.1f}{one.by_processor / two.by_processor:6.1f}",
            flush=True,
        )


def _signed_in(base: str, pid: int) -> Server:
    world = World(base)
    world.sign_in("http://127.0.0.1:9")
    server = Server(base, pid, world)
    server.map_all([WARM], 1)
    return server


def _chosen(folder: Path, kinds: tuple[str, ...]) -> list[Batch]:
    chosen = (
        {p: text for p, text in batch.items() if _is_sent(p, text, kinds)}
        for batch in batches(folder)
    )
    return [batch for batch in chosen if batch]


def _is_sent(path: str, text: str, kinds: tuple[str, ...]) -> bool:
    longest = MAP_LIMITS.max_input_bytes - 2 * MAX_SALT
    return (not kinds or path.endswith(kinds)) and len(text.encode("utf-8", "replace")) < longest


def _megabytes(sent: list[Batch]) -> float:
    return sum(len(text.encode("utf-8", "replace")) for b in sent for text in b.values()) / 1e6


def _measured(servers: list[Server], sent: list[Batch], senders: int, rounds: int) -> list[Speed]:
    best = [Speed(0, 0) for _ in servers]
    size = _megabytes(sent)
    for number in range(rounds):
        # A server that remembers maps by content has not seen these.
        salt = " " * (time.time_ns() % MAX_SALT) + "\n" * (number + 1)
        salted = [{path: text + salt for path, text in batch.items()} for batch in sent]
        for position, server in enumerate(servers):
            before, began = processor_seconds(server.pid), time.perf_counter()
            server.map_all(salted, senders)
            clock = time.perf_counter() - began
            used = max(processor_seconds(server.pid) - before, 1 / os.sysconf("SC_CLK_TCK"))
            best[position] = Speed(
                max(best[position].by_clock, size / clock),
                max(best[position].by_processor, size / used),
            )
    return best


if __name__ == "__main__":
    main()
