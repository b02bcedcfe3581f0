"""Values that are made from stored rows, kept in this process while a stamp stands for the rows.

Whoever changes the rows changes the stamp in the same transaction. Whoever reads asks for the stamp
first and for the rows afterwards: the rows are then as new as the stamp or newer, never older.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[V]):
    stamp: str
    value: V
    weight: int
    until: float


class Stamped(Generic[V]):
    """One value per key, for any thread. Values are shared: nobody may change them.

    The keys that nobody asked for longest go when there are more than `most`, or when their values
    weigh more than `heaviest` together. A value is kept for `seconds`, whatever its stamp.
    """

    def __init__(
        self,
        *,
        most: int,
        heaviest: int,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._heaviest, self._seconds = most, heaviest, seconds
        self._clock = clock
        self._kept: dict[str, _Kept[V]] = {}
        self._weight = 0
        self._lock = threading.Lock()

    def get(self, key: str, stamp: str) -> V | None:
        """What is kept for the key under this very stamp."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or found.stamp != stamp or self._clock() >= found.until:
                return None
            self._kept[key] = self._kept.pop(key)  # now the last one to go
            return found.value

    def keep(self, key: str, stamp: str, value: V, *, weight: int = 1) -> None:
        """In place of what was kept for the key."""
        with self._lock:
            self._drop(key)
            if weight > self._heaviest:
                return
            until = self._clock() + self._seconds
            self._kept[key] = _Kept(stamp, value, weight, until)
            self._weight += weight
            while len(self._kept) > self._most or self._weight > self._heaviest:
                self._drop(next(iter(self._kept)))

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._weight = 0

    def __len__(self) -> int:
        return len(self._kept)

    def _drop(self, key: str) -> None:
        dropped = self._kept.pop(key, None)
        if dropped is not None:
            self._weight -= dropped.weight
