"""Celery's entry points: ids in, one service called, nothing decided."""

from celery import shared_task
from celery.signals import worker_init, worker_shutting_down

from execution.cluster.handed import HandedTask
from execution.cluster.worker import worker


@shared_task(name="execution.run_execute", base=HandedTask)
def run_execute(run_id: str) -> None:
    """Has a run executed; nothing comes of one that has ended or has another worker."""
    worker().offered(run_id)


@worker_init.connect
def _start(**_: object) -> None:
    # Before Celery reaches Redis: runs are taken up also while that is away.
    worker()


@worker_shutting_down.connect
def _drain(**_: object) -> None:
    worker().drain()
