"""A large project through a running server: /file_map in the CLI's batches, then a map context.

    python -m benchmarks.file_maps_server http://127.0.0.1:8099 DIR [--files 20000] [--pids PID,PID]

The server runs in local mode. With fewer files in DIR than asked for, they come again with a line
more. Batches go out as the CLI sends them, many at once. Prints files and bytes per second, the
memory of the server and its workers, and the same for unchanged files.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from benchmarks.file_maps import BATCH_BYTES, BATCH_FILES, batches
from benchmarks.processes import Watch, zombies
from benchmarks.world import World

MAP_FILES = 3_000
SENDERS = 8
Files = dict[str, str]


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--pids", default="", help="the server's processes, for their memory")
    options = parser.parse_args()
    pids = [int(pid) for pid in options.pids.split(",") if pid]
    world = World(options.base)
    world.sign_in("http://127.0.0.1:9")
    files = dict(_copies(options.directory, options.files, time.time_ns()))
    size = sum(map(len, files.values()))
    for name in ("new files", "the same again"):
        with Watch(pids) as watch:
            began = time.perf_counter()
            maps = _map(world, options.base, files)
            took = time.perf_counter() - began
        assert maps.keys() == files.keys(), "every path is answered"
        print(
            f"{name}: {len(files)} files, {size / 1e6:.0f} MB in {took:.1f} s:"
            f" {len(files) / took:.0f} files/s, {size / took / 1e6:.1f} MB/s,"
            f" at most {watch.most_mb:.0f} MB of memory"
        )
    _context(world, options.base, files, maps)
    if pids:
        print(f"{sum(map(zombies, pids))} zombies")


def _copies(directory: Path, wanted: int, salt: int) -> Iterator[tuple[str, str]]:
    """Files of the directory under new names, each with a line that no other run had."""
    left = wanted
    for turn in count():
        for batch in batches(directory):
            for path, text in batch.items():
                if left == 0:
                    return
                left -= 1
                yield f"copy{turn}/{path}", f"{text}\n{salt} {turn}\n"


def _map(world: World, base: str, files: Files) -> Files:
    def send(batch: Files) -> Files:
        sender = World(base)
        sender.headers = world.headers
        maps: Files = sender.call("POST", "/file_map", {"mapInputs": batch})["mapBodies"]
        return maps

    maps: Files = {}
    with ThreadPoolExecutor(SENDERS) as senders:
        for answer in senders.map(send, _batches(files)):
            maps.update(answer)
    return maps


def _batches(files: Files) -> Iterator[Files]:
    batch: Files = {}
    size = 0
    for path, text in files.items():
        if batch and (len(batch) == BATCH_FILES or size + len(text) > BATCH_BYTES):
            yield batch
            batch, size = {}, 0
        batch[path] = text
        size += len(text)
    if batch:
        yield batch


def _context(world: World, base: str, files: Files, maps: Files) -> None:
    """One map of as many files as the CLI sends, and an update of one of them."""
    paths = list(files)[:MAP_FILES]
    # The first connection may have been idle for longer than a server keeps one.
    world, headers = World(base), world.headers
    world.headers = dict(headers)
    project = world.call("POST", "/projects", {"name": "maps"})["id"]
    plan = world.call("POST", f"/projects/{project}/plans", {"name": "map"})["id"]
    url = f"/plans/{plan}/main/context"
    load = {"contextType": "map", "name": "cwd", "file_path": ".", **_parts(paths, files, maps)}
    began = time.perf_counter()
    answer = world.call("POST", url, [load])
    took = time.perf_counter() - began
    (item,) = world.call("GET", url)
    print(f"a map of {len(item['mapShas'])} files: {item['numTokens']} tokens in {took:.1f} s")
    assert not answer["maxTokensExceeded"], "a map is made to fit"
    began = time.perf_counter()
    world.call("PUT", url, {item["id"]: _parts(paths[:1], files, {paths[0]: "class Changed\n"})})
    print(f"one of them changed: {time.perf_counter() - began:.1f} s")


def _parts(paths: list[str], files: Files, maps: Files) -> dict[str, dict[str, object]]:
    return {
        "mapBodies": {path: maps[path] for path in paths},
        "inputShas": {path: hashlib.sha256(files[path].encode()).hexdigest() for path in paths},
        "inputTokens": {path: len(files[path]) // 4 for path in paths},
        "inputSizes": {path: len(files[path].encode()) for path in paths},
    }


if __name__ == "__main__":
    main()
