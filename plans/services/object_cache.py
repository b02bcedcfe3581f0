"""Small objects that this process read or wrote lately. What is named by the hash of its content
never changes, so nothing here is ever out of date."""

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping

MAX_BYTES = 16 * 1024 * 1024
MAX_OBJECT_BYTES = 32 * 1024
OVERHEAD_BYTES = 300
"""Of an entry, beside its content."""


class ObjectCache:
    """Content by plan and hash, the latest used of them; from any thread."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def found(self, plan_id: str, hashes: Collection[str]) -> dict[str, bytes]:
        """Those that are here."""
        found = {}
        with self._lock:
            for hash in hashes:
                data = self._kept.get((plan_id, hash))
                if data is not None:
                    self._kept.move_to_end((plan_id, hash))
                    found[hash] = data
        return found

    def keep(self, plan_id: str, objects: Mapping[str, bytes]) -> None:
        with self._lock:
            for hash, data in objects.items():
                if len(data) <= MAX_OBJECT_BYTES and (plan_id, hash) not in self._kept:
                    self._kept[plan_id, hash] = data
                    self._size += len(data) + OVERHEAD_BYTES
            while self._size > self._max_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped) + OVERHEAD_BYTES

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._size = 0
