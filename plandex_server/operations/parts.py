"""The parts of an installation, and how to tell that each works."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection

from execution.cluster.heartbeat import signs_read
from execution.management.migrating import lacks_migrations
from execution.models import Run
from plandex_server.db import now
from plandex_server.operations.probes import Part, Probe, State
from plandex_server.operations.redis import queue_length, redis_client

PART_NAMES = ("database", "redis", "queue", "workers", "disk")
WAITING_S = 30.0
"""A worker takes a run within 2 s; one that waits so long found none with room."""
LOW_DISK_FACTOR = 5
"""Below so many times the limit the disk is named, while the server still works."""


@lru_cache(maxsize=1)
def probes() -> Mapping[str, Probe]:
    """The probes of this process."""
    checks = (database, redis, queue, workers, disk)
    return {name: Probe(name, check) for name, check in zip(PART_NAMES, checks, strict=True)}


def database() -> Part:
    with closed_afterwards():
        return database_state()


def database_state() -> Part:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    if _lacks_migrations():
        return Part(State.FAILED, "migrations are missing: run manage.py migrate")
    return Part(State.OK)


@contextmanager
def closed_afterwards() -> Iterator[None]:
    """A probe's thread keeps no connection: it asks seldom, and would find a dead one."""
    try:
        yield
    finally:
        connection.close()


def _lacks_migrations() -> bool:
    """Whether the database is older than the code. Once it is not, it stays so."""
    if not _current:
        if lacks_migrations():
            return True
        _current.append(True)
    return False


_current: list[bool] = []


def redis() -> Part:
    if not settings.REDIS_URL:
        return Part(State.UNUSED, "REDIS_URL is not set: this is one process")
    with redis_client() as client:
        client.ping()
    return Part(State.OK)


def queue() -> Part:
    with closed_afterwards():
        return queue_state()


def queue_state() -> Part:
    """Runs that no process has taken yet, by the database; and Celery's list in Redis."""
    if not settings.CLUSTER:
        return Part(State.UNUSED, "this process executes its own runs")
    waiting = Run.objects.filter(owner="", finished_at__isnull=True)
    since = list(waiting.order_by("created_at").values_list("created_at", flat=True)[:1000])
    with redis_client() as client:
        queued = queue_length(client)
    age = _age(since)
    words = f"{len(since)} runs wait, the oldest for {age:.0f} s; {queued} messages are queued"
    return Part(State.FAILED if age > WAITING_S else State.OK, words)


def _age(since: list[datetime]) -> float:
    return max(0.0, (now() - since[0]).total_seconds()) if since else 0.0


def workers() -> Part:
    if not settings.CLUSTER:
        return Part(State.UNUSED, "this process executes its own runs")
    with redis_client() as client:
        signs = signs_read(client)
    alive = [sign for sign in signs if sign.is_alive]
    if not alive:
        return Part(State.FAILED, "no worker gives a sign of life: start manage.py worker")
    busy = sum(sign.runs for sign in alive)
    words = f"{len(alive)} alive, {busy} runs in them"
    if all(sign.runs >= sign.room for sign in alive):
        return Part(State.DEGRADED, f"{words}, none has room for more")
    return Part(State.OK, words)


def disk() -> Part:
    folder = existing(settings.DATA_DIR)
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    words = f"{free_mb} MB free in the data folder"
    if not settings.DATABASE_URL and not os.access(folder, os.W_OK):
        return Part(State.FAILED, "the data folder can't be written")
    if free_mb < settings.MIN_FREE_DISK_MB:
        return Part(State.FAILED, words)
    if free_mb < LOW_DISK_FACTOR * settings.MIN_FREE_DISK_MB:
        return Part(State.DEGRADED, words)
    return Part(State.OK, words)


def existing(folder: Path) -> Path:
    """The folder, or what will hold it."""
    while not folder.exists():
        folder = folder.parent
    return folder
