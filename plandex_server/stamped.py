"""Values that are made from stored rows, kept in this process while a stamp stands for the rows.

Whoever changes the rows changes the stamp in the same transaction. Whoever reads asks for the stamp
first and for the rows afterwards: the rows are then as new as the stamp or newer, never older.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from plandex_server.lru import Lru

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[V]):
    stamp: str
    value: V
    until: float


class Stamped(Generic[V]):
    """One value per key, for any thread, as `Lru` keeps them. A value is kept for `seconds`,
    whatever its stamp."""

    def __init__(
        self,
        *,
        most: int,
        heaviest: int,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds, self._clock = seconds, clock
        self._kept: Lru[str, _Kept[V]] = Lru(heaviest=heaviest, most=most)

    def get(self, key: str, stamp: str) -> V | None:
        """What is kept for the key under this very stamp."""
        found = self._kept.get(key)
        if found is None or found.stamp != stamp or self._clock() >= found.until:
            return None
        return found.value

    def keep(self, key: str, stamp: str, value: V, *, weight: int = 1) -> None:
        """In place of what was kept for the key."""
        until = self._clock() + self._seconds
        self._kept.put(key, _Kept(stamp, value, until), weight=weight)

    def clear(self) -> None:
        self._kept.clear()

    @property
    def weight(self) -> int:
        """Of all values together."""
        return self._kept.weight

    def __len__(self) -> int:
        return len(self._kept)
