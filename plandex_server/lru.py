"""What a process keeps of what was expensive to get: the values used last, up to a weight."""

import threading
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Lru(Generic[K, V]):
    """One value per key, for any thread. Values are shared: nobody may change them.

    The keys that nobody asked for longest go when all values weigh more than `heaviest` together,
    or when there are more than `most`.
    """

    def __init__(self, *, heaviest: int, most: int | None = None) -> None:
        self._heaviest, self._most = heaviest, most
        self._kept: dict[K, tuple[V, int]] = {}
        self._weight = 0
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            found = self._kept.pop(key, None)
            if found is None:
                return None
            self._kept[key] = found  # now the last one to go
            return found[0]

    def put(self, key: K, value: V, *, weight: int = 1) -> None:
        """In place of what was kept for the key. What is too heavy is not kept."""
        with self._lock:
            self._drop(key)
            if weight > self._heaviest:
                return
            self._kept[key] = (value, weight)
            self._weight += weight
            while self._weight > self._heaviest or self._is_full:
                self._drop(next(iter(self._kept)))

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._weight = 0

    @property
    def weight(self) -> int:
        """Of all values together."""
        return self._weight

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def _is_full(self) -> bool:
        return self._most is not None and len(self._kept) > self._most

    def _drop(self, key: K) -> None:
        dropped = self._kept.pop(key, None)
        if dropped is not None:
            self._weight -= dropped[1]
