"""What a worker opens when it starts; Celery loads this module by its name."""

import logging

from celery.signals import worker_init
from django.conf import settings

from execution.cluster.worker import worker
from plandex_server.observe.tracing import tracing_start_if_wanted
from plandex_server.operations.worker_port import worker_port_open

logger = logging.getLogger(__name__)


@worker_init.connect
def _open(**_: object) -> None:
    tracing_start_if_wanted()
    if not settings.METRICS_PORT:
        return
    try:
        worker_port_open(settings.HOST, settings.METRICS_PORT, worker().loop)
    except OSError as failure:
        # The runs matter more than who watches them.
        logger.error("METRICS_PORT %s can't be used: %s", settings.METRICS_PORT, failure.strerror)
