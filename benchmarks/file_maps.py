"""Map every file of a directory: speed, size and recall against universal-ctags.

    python -m benchmarks.file_maps DIR [--out OUT.json] [--workers N] [--missing LANGUAGE]

The output file holds, per path, the map and the number of tokens of the map.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.file_maps_recall import measure, print_left_out, print_table
from benchmarks.file_maps_tags import ctags_installed
from context.logic.file_maps import MAP_LIMITS, NO_MAP, has_map_support
from context.logic.tokens import count_tokens
from context.map_pool import MapPool

# The CLI's batches.
BATCH_FILES = 500
BATCH_BYTES = 10 * 1024 * 1024
Batch = dict[str, str]
SKIPPED = {".git", ".hg", ".svn", "node_modules", "__pycache__"}


@dataclass(frozen=True, slots=True)
class Run:
    """The maps of a directory and what they took."""

    maps: dict[str, str]
    seconds: float
    bytes: int


def main() -> None:
    """Read the arguments, map, print, write."""
    parser = argparse.ArgumentParser(description="Map every file of a directory.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--out", type=Path, help="write the maps as JSON")
    parser.add_argument("--workers", type=int, help="worker processes")
    parser.add_argument("--left-out", action="store_true", help="what of ctags is not counted, why")
    parser.add_argument("--missing", help="list what only ctags finds in this language")
    options = parser.parse_args()
    root: Path = options.directory

    run = map_directory(root, options.workers)
    files = len(run.maps)
    print(
        f"{files} files, {run.bytes / 1e6:.1f} MB in {run.seconds:.2f} s:"
        f" {files / run.seconds:.0f} files/s, {run.bytes / run.seconds / 1e6:.1f} MB/s"
    )
    tokens = {path: 0 if text == NO_MAP else count_tokens(text) for path, text in run.maps.items()}
    print(f"{sum(tokens.values())} tokens in all maps")
    if options.out:
        write(options.out, run, tokens)
    if ctags_installed():
        scores, left_out = measure(root, run.maps)
        print_table(scores, options.missing)
        if options.left_out:
            print_left_out(left_out)
    else:
        print("universal-ctags is not installed: no recall")


def map_directory(root: Path, workers: int | None = None) -> Run:
    """Map all files below a directory in the batches the CLI would send."""
    pool = MapPool(workers)
    maps: dict[str, str] = {}
    size = 0
    pool.map_files({"warm.py": "up = 1"})
    seconds = 0.0
    try:
        for batch in batches(root):
            began = time.perf_counter()
            maps.update(pool.map_files(batch))
            seconds += time.perf_counter() - began
            size += sum(len(text.encode("utf-8", "replace")) for text in batch.values())
    finally:
        pool.close()
    return Run(maps, max(seconds, 1e-9), size)


def batches(root: Path) -> Iterator[Batch]:
    """The texts of all files that can be mapped, as the CLI would send them."""
    batch: Batch = {}
    size = 0
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if SKIPPED & set(relative.parts) or not has_map_support(path.name) or not path.is_file():
            continue
        data = path.read_bytes()[: MAP_LIMITS.max_input_bytes]
        if batch and (len(batch) == BATCH_FILES or size + len(data) > BATCH_BYTES):
            yield batch
            batch, size = {}, 0
        batch[str(relative)] = data.decode("utf-8", "replace")
        size += len(data)
    if batch:
        yield batch


def write(out: Path, run: Run, tokens: dict[str, int]) -> None:
    """Write the result file."""
    files = {path: {"map": text, "tokens": tokens[path]} for path, text in run.maps.items()}
    result = {"files": files, "seconds": run.seconds, "bytes": run.bytes}
    out.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
