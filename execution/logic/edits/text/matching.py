"""Where two lists of lines differ, by their longest common runs of lines.

The longest run is taken first, of several the one further up, and so on in what it leaves between
the runs taken before. `difflib` goes the same way, but reads all lines again for every run.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

Run = tuple[int, int, int]  # length, negative; first line of the old text, and of the new
Change = tuple[int, int, int, int]  # lines [low, high) of the old text, and of the new


def common_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many lines the two begin with alike, and with how many others they end alike."""
    head = tail = 0
    limit = min(len(old), len(new))
    while head < limit and old[head] == new[head]:
        head += 1
    while tail < limit - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return head, tail


def changes_between(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """The stretches between the common runs."""
    found: list[Change] = []
    low = new_low = 0
    for at, there, length in [*_common_runs(old, new), (len(old), len(new), 0)]:
        if low < at or new_low < there:
            found.append((low, at, new_low, there))
        low, new_low = at + length, there + length
    return found


def _common_runs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int]]:
    """First lines and length of each run that is taken, in order."""
    runs = _all_runs(old, new)
    runs.sort(reverse=True)
    parts: list[Run] = []  # what others left of runs; a heap
    taken = _Taken([len(old)], [len(new)], [(0, 0)])
    while runs or parts:
        first = not parts or (runs and runs[-1] < parts[0])
        size, at, there = runs.pop() if first else heappop(parts)
        left = taken.take(at, there, -size)
        if left is not None:
            heappush(parts, left)
    return taken.runs()


@dataclass(frozen=True, slots=True)
class _Taken:
    """Where the runs that are taken start, and behind them the texts end; where they end."""

    starts: list[int]
    new_starts: list[int]
    ends: list[tuple[int, int]]

    def take(self, at: int, there: int, length: int) -> Run | None:
        """Take a run if nothing of it is taken; else what is left of it, if anything is.

        Those taken before are as long or longer, so no more than one part of it can be left.
        """
        place = bisect_right(self.starts, at)
        low, new_low = self.ends[place]
        most = min(self.starts[place] - at, self.new_starts[place] - there)
        if length <= most and low <= at and new_low <= there:
            self.starts.insert(place, at)
            self.new_starts.insert(place, there)
            self.ends.insert(place + 1, (at + length, there + length))
            return None
        moved = max(0, low - at, new_low - there)
        left = min(length, most) - moved
        return (-left, at + moved, there + moved) if left > 0 else None

    def runs(self) -> list[tuple[int, int, int]]:
        places = zip(self.starts[:-1], self.new_starts[:-1], self.ends[1:], strict=True)
        return [(at, there, end - at) for at, there, (end, _) in places]


def _all_runs(old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """All common runs that cannot be made longer."""
    places: dict[str, list[int]] = {}
    for at, line in enumerate(new):
        places.setdefault(line, []).append(at)
    found: list[Run] = []
    ending: dict[int, int] = {}  # last line in the new text, and length, of runs up to here
    for at, line in enumerate(old):
        going = {there: ending.pop(there - 1, 0) + 1 for there in places.get(line, ())}
        found.extend((-size, at - size, end - size + 1) for end, size in ending.items())
        ending = going
    found.extend((-size, len(old) - size, end - size + 1) for end, size in ending.items())
    return found
