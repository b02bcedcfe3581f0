"""Offering runs to the workers: by Celery's queue, or at once to those who listen."""

import logging

logger = logging.getLogger(__name__)


def run_queue(run_id: str) -> None:
    """Queues a run for the next worker that has room."""
    from plandex_server.celery import app

    try:
        app.send_task("execution.run_execute", [run_id], retry=False)
    except Exception as failure:
        # The workers find a run that nobody took, some seconds later.
        logger.warning("run %s: not queued: %s", run_id, type(failure).__name__)
