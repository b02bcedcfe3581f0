"""The process's pool of mappers: every file map of the server is made here.

Parsing is C code that a hostile file can crash, stall or blow up, so it runs in expendable
worker processes. Maps are remembered by content, so an unchanged file is parsed once,
whichever plan or branch it comes from; so are files that ended a worker. The process has its
own memory of maps; a shelf is what all processes and their successors share.
"""

from __future__ import annotations

import atexit
import hashlib
import logging
import threading
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future
from typing import Protocol

from context.logic.file_maps import (
    NO_MAP,
    language_for,
    map_item,
    mapper_version,
    truncate_input,
)
from plandex_server.lru import Lru
from plandex_server.pool import CLOSED, KILLED, TIME_OVER, SupervisedPool

logger = logging.getLogger(__name__)

TARGET = f"{map_item.__module__}:{map_item.__name__}"
# The CLI waits 300 s for an answer.
REQUEST_SECONDS = 240.0
# The mapper stops its parsers after 1.5 s. Both are for what it cannot stop: in processor time,
# and in time as such, with room for a machine that is busy with other work.
FILE_SECONDS = 4.0
KILL_SECONDS = 8.0
# A path may be as long as a request.
MAX_LOGGED_PATH = 200
CACHE_BYTES = 64 * 1024 * 1024
# What one entry costs beside its text.
ENTRY_BYTES = 200


# A map, None if nobody knows it, and whether it is the same in every process.
_Made = tuple[str | None, bool]


class Shelf(Protocol):
    """Where maps outlive the process, by the hash of what they depend on."""

    def read(self, keys: Collection[str]) -> dict[str, str]:
        """The maps that are there."""

    def write(self, texts: Mapping[str, str]) -> None:
        """Keep new maps."""


class MapCache:
    """Map texts by the hash of what they depend on; the least recently used go first."""

    def __init__(self, limit: int) -> None:
        self._texts: Lru[str, str] = Lru(heaviest=limit)

    def get(self, key: str) -> str | None:
        """The remembered map, or None."""
        return self._texts.get(key)

    def put(self, key: str, text: str) -> None:
        """Remember a map."""
        self._texts.put(key, text, weight=len(text) + ENTRY_BYTES)


class MapPool:
    """Maps files in worker processes, each content once."""

    def __init__(self, workers: int | None = None, cache_bytes: int = CACHE_BYTES) -> None:
        self.pool = SupervisedPool(
            TARGET, workers=workers, item_timeout=FILE_SECONDS, kill_after=KILL_SECONDS
        )
        self.cache = MapCache(cache_bytes)
        self._under_way: dict[str, Future[_Made]] = {}
        self._lock = threading.Lock()

    def map_files(self, inputs: Mapping[str, str], shelf: Shelf | None = None) -> dict[str, str]:
        """The map of every path. Blocks; never fails for what a file contains.

        A file that crashed or stalled its worker gets "" and a log line.
        """
        answers: dict[str, str] = {}
        wanted: dict[str, list[str]] = {}
        for path, text in inputs.items():
            key = map_key(path, text)
            known = NO_MAP if key is None else self.cache.get(key)
            if known is not None:
                answers[path] = known
            elif key is not None:
                wanted.setdefault(key, []).append(path)
        for key, text in (shelf.read(wanted) if shelf and wanted else {}).items():
            self.cache.put(key, text)
            answers.update(dict.fromkeys(wanted.pop(key), text))
        fresh: dict[str, str] = {}
        paths = {key: same[0] for key, same in wanted.items()}
        for key, (made, lasting) in self._make(paths, inputs):
            if made is not None and lasting:
                fresh[key] = made
            answers.update(dict.fromkeys(wanted[key], made or ""))
        if shelf and fresh:
            shelf.write(fresh)
        return answers

    def _make(
        self, wanted: Mapping[str, str], inputs: Mapping[str, str]
    ) -> Iterator[tuple[str, _Made]]:
        """Map what nobody knows; a content that another request is mapping is waited for.

        What is one's own comes first, so no two requests wait for each other.
        """
        with self._lock:
            others = {key: self._under_way[key] for key in wanted if key in self._under_way}
            own = {key: path for key, path in wanted.items() if key not in others}
            promised: dict[str, Future[_Made]] = {key: Future() for key in own}
            self._under_way.update(promised)
        made: dict[str, _Made] = {}
        try:
            items = [(path, truncate_input(inputs[path])) for path in own.values()]
            results = self.pool.run(items, on_failure=_failure, timeout=REQUEST_SECONDS)
            made = dict(zip(own, map(_answer, results), strict=True))
            for key, (text, _) in made.items():
                if text is not None:
                    self.cache.put(key, text)
        finally:
            with self._lock:
                for key in promised:
                    del self._under_way[key]
            for key, promise in promised.items():
                promise.set_result(made.get(key, (None, False)))
        yield from made.items()
        for key, promise in others.items():
            yield key, promise.result()

    def close(self) -> None:
        """End the workers."""
        self.pool.close()


class _Failed(str):
    """Why a file has no map."""

    __slots__ = ()


def _failure(item: tuple[str, str], reason: str) -> _Failed:
    path = item[0][-MAX_LOGGED_PATH:]
    logger.warning("no map for %s (%d characters): %s", path, len(item[1]), reason)
    return _Failed(reason)


def _answer(result: str) -> _Made:
    """The map text, None if nobody knows it, and whether it is the same in every process."""
    if isinstance(result, _Failed):
        # A worker that had to be killed may have been starved by a busy machine.
        return None if result in (TIME_OVER, CLOSED) else "", result != KILLED
    return result, True


def map_key(path: str, text: str) -> str | None:
    """The hash of what a map depends on: mapper, language, content. None without support."""
    language = language_for(path)
    if language is None:
        return None
    digest = hashlib.sha256(f"{mapper_version()} {language.name}\0".encode())
    digest.update(text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


_lock = threading.Lock()
_pool: MapPool | None = None


def map_files(inputs: Mapping[str, str], shelf: Shelf | None = None) -> dict[str, str]:
    """Map files in the process's pool, which starts at the first call. Blocks."""
    global _pool
    with _lock:
        if _pool is None:
            _pool = MapPool()
            atexit.register(close)
        pool = _pool
    return pool.map_files(inputs, shelf)


def close() -> None:
    """End the process's pool; the next call of `map_files` starts a new one."""
    global _pool
    with _lock:
        pool, _pool = _pool, None
    if pool is not None:
        pool.close()
