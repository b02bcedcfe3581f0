"""The process's pool of mappers: every file map of the server is made here.

Parsing is C code that a hostile file can crash, stall or blow up, so it runs in expendable
worker processes. Maps are remembered by content, so an unchanged file is parsed once,
whichever plan or branch it comes from; so are files that ended a worker.
"""

from __future__ import annotations

import atexit
import hashlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping

from context.logic.file_maps import NO_MAP, language_for, map_item, truncate_input
from plandex_server.pool import CLOSED, TIME_OVER, SupervisedPool

logger = logging.getLogger(__name__)

TARGET = f"{map_item.__module__}:{map_item.__name__}"
# The CLI waits 300 s for an answer.
REQUEST_SECONDS = 240.0
# The mapper stops itself after 1.5 s of processor time; these are for what it cannot stop,
# and leave room for a machine that is busy with other work.
FILE_SECONDS = 4.0
KILL_SECONDS = 8.0
CACHE_BYTES = 64 * 1024 * 1024
# What one entry costs beside its text.
ENTRY_BYTES = 200

Key = tuple[str, bytes]


class MapCache:
    """Map texts by language and content hash; the least recently used go first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._lock = threading.Lock()
        self._texts: OrderedDict[Key, str] = OrderedDict()

    def get(self, key: Key) -> str | None:
        """The remembered map, or None."""
        with self._lock:
            text = self._texts.get(key)
            if text is not None:
                self._texts.move_to_end(key)
            return text

    def put(self, key: Key, text: str) -> None:
        """Remember a map."""
        with self._lock:
            old = self._texts.pop(key, None)
            self._size -= 0 if old is None else len(old) + ENTRY_BYTES
            self._texts[key] = text
            self._size += len(text) + ENTRY_BYTES
            while self._size > self._limit:
                _, dropped = self._texts.popitem(last=False)
                self._size -= len(dropped) + ENTRY_BYTES

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._texts.clear()
            self._size = 0


class MapPool:
    """Maps files in worker processes, each content once."""

    def __init__(self, workers: int | None = None, cache_bytes: int = CACHE_BYTES) -> None:
        self.pool = SupervisedPool(
            TARGET, workers=workers, item_timeout=FILE_SECONDS, kill_after=KILL_SECONDS
        )
        self.cache = MapCache(cache_bytes)

    def map_files(self, inputs: Mapping[str, str]) -> dict[str, str]:
        """The map of every path. Blocks; never fails for what a file contains.

        A file that crashed or stalled its worker gets "" and a log line.
        """
        answers: dict[str, str] = {}
        wanted: dict[Key, list[str]] = {}
        for path, text in inputs.items():
            key = map_key(path, text)
            known = NO_MAP if key is None else self.cache.get(key)
            if known is not None:
                answers[path] = known
            elif key is not None:
                wanted.setdefault(key, []).append(path)
        items = [(paths[0], truncate_input(inputs[paths[0]])) for paths in wanted.values()]
        results = self.pool.run(items, on_failure=_failure, timeout=REQUEST_SECONDS)
        for (key, paths), (text, lasting) in zip(
            wanted.items(), map(_answer, results), strict=True
        ):
            if lasting:
                self.cache.put(key, text)
            answers.update(dict.fromkeys(paths, text))
        return answers

    def close(self) -> None:
        """End the workers."""
        self.pool.close()


class _Failed(str):
    """Why a file has no map."""

    __slots__ = ()


def _failure(item: tuple[str, str], reason: str) -> _Failed:
    logger.warning("no map for %s (%d characters): %s", item[0], len(item[1]), reason)
    return _Failed(reason)


def _answer(result: str) -> tuple[str, bool]:
    """The map text, and whether it would be the same another time."""
    if isinstance(result, _Failed):
        return "", result not in (TIME_OVER, CLOSED)
    return result, True


def map_key(path: str, text: str) -> Key | None:
    """What a map depends on: the language and the content. None without map support."""
    language = language_for(path)
    if language is None:
        return None
    return language.name, hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


_lock = threading.Lock()
_pool: MapPool | None = None


def map_files(inputs: Mapping[str, str]) -> dict[str, str]:
    """Map files in the process's pool, which starts at the first call. Blocks."""
    global _pool
    with _lock:
        if _pool is None:
            _pool = MapPool()
            atexit.register(close)
        pool = _pool
    return pool.map_files(inputs)


def close() -> None:
    """End the process's pool; the next call of `map_files` starts a new one."""
    global _pool
    with _lock:
        pool, _pool = _pool, None
    if pool is not None:
        pool.close()
