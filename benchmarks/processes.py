"""What the processes of a server use, from /proc."""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").glob("[0-9]*"):
        found = _stat(int(entry.name))
        if found:
            children[found[1]].append(int(entry.name))
    members = [pid]
    for member in members:
        members += children[member]
    return members


def zombies(pid: int) -> int:
    """How many descendants have ended without being waited for."""
    states = (_stat(member) for member in family(pid))
    return sum(found is not None and found[0] == "Z" for found in states)


def memory_mb(pid: int) -> float:
    """Resident memory of a process and its descendants."""
    total = 0
    for member in family(pid):
        found = _stat(member)
        total += found[2] if found else 0
    return total * _PAGE / 1e6


def processor_seconds(pid: int) -> float:
    """Processor time of a process and its descendants, those that have ended included."""
    ticks = 0
    for member in family(pid):
        try:
            text = Path(f"/proc/{member}/stat").read_text()
        except OSError:
            continue
        ticks += sum(map(int, text.rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> tuple[str, int, int] | None:
    """State, parent and resident pages."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return fields[0], int(fields[1]), int(fields[21])


class Watch:
    """The most memory that processes used together while this context was open."""

    def __init__(self, pids: list[int]) -> None:
        self._pids = pids
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.most_mb = 0.0

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            self.most_mb = max(self.most_mb, sum(map(memory_mb, self._pids)))
            time.sleep(0.2)
