"""What `/metrics` shows: this process's own metrics, and how the whole stands at this moment.

The second part is the same in every process; dashboards take its maximum.
"""

import logging
import shutil
import threading
import time
from functools import lru_cache

from django.conf import settings
from django.db import Error
from django.db.models import Count, Min, Q
from prometheus_client import REGISTRY, CollectorRegistry, Gauge, generate_latest
from redis.exceptions import RedisError

from execution.cluster.heartbeat import signs_read
from execution.models import PendingAction, Run
from plandex_server import VERSION
from plandex_server.db import now
from plandex_server.observe import metrics as observed
from plandex_server.operations.parts import existing
from plandex_server.operations.redis import queue_length, redis_client

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0
"""However often somebody scrapes, the database is asked this often."""


class Whole:
    """The gauges of the whole installation."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        info = Gauge("plandex_info", "1, with the version.", ("version",), registry=registry)
        info.labels(VERSION).set(1)
        self._runs = Gauge(
            "plandex_runs", "Active runs of all processes.", ("state",), registry=registry
        )
        self._oldest = Gauge(
            "plandex_oldest_queued_run_seconds",
            "How long the run at the head of the queue has waited.",
            registry=registry,
        )
        self._queue = Gauge(
            "plandex_queue_messages", "Messages in Celery's queue.", registry=registry
        )
        self._workers = Gauge(
            "plandex_workers", "Workers that gave a sign of life.", registry=registry
        )
        self._free = Gauge(
            "plandex_disk_free_bytes", "Free space in the data folder.", registry=registry
        )
        self._up = Gauge(
            "plandex_part_up", "Whether a part answered.", ("part",), registry=registry
        )
        self._looked_at = float("-inf")
        self._looking = threading.Lock()

    def look(self) -> None:
        """Brings the gauges up to date, unless they are fresh or another thread does it now."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            if time.monotonic() - self._looked_at >= LOOK_EVERY_S:
                self._look_at_database()
                if settings.CLUSTER:
                    self._look_at_redis()
                self._free.set(_free_bytes())
                self._looked_at = time.monotonic()
        finally:
            self._looking.release()

    def _look_at_database(self) -> None:
        active = Run.objects.filter(finished_at__isnull=True)
        try:
            found = active.aggregate(
                active=Count("pk"),
                queued=Count("pk", filter=Q(owner="")),
                oldest=Min("created_at", filter=Q(owner="")),
            )
            asking = PendingAction.objects.filter(answered_at__isnull=True).count()
        except Error as failure:
            logger.warning("metrics: the database did not answer: %s", type(failure).__name__)
            self._up.labels("database").set(0)
            return
        self._up.labels("database").set(1)
        self._runs.labels("queued").set(found["queued"])
        self._runs.labels("waiting_for_user").set(asking)
        self._runs.labels("running").set(max(0, found["active"] - found["queued"] - asking))
        oldest = found["oldest"]
        self._oldest.set(0 if oldest is None else (now() - oldest).total_seconds())

    def _look_at_redis(self) -> None:
        try:
            with redis_client() as client:
                alive = [sign for sign in signs_read(client) if sign.is_alive]
                queued = queue_length(client)
        except RedisError as failure:
            logger.warning("metrics: Redis did not answer: %s", type(failure).__name__)
            self._up.labels("redis").set(0)
            return
        self._up.labels("redis").set(1)
        self._workers.set(len(alive))
        self._queue.set(queued)


def _free_bytes() -> int:
    return shutil.disk_usage(existing(settings.DATA_DIR)).free


@lru_cache(maxsize=1)
def whole() -> Whole:
    return Whole()


def metrics_text() -> bytes:
    """All that a web process shows."""
    whole().look()
    return process_metrics_text() + generate_latest(whole().registry)


def process_metrics_text() -> bytes:
    """What this process counted; all that a worker shows."""
    assert observed.REQUESTS, "the metrics are registered when their module is loaded"
    return generate_latest(REGISTRY)
