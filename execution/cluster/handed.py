"""What Celery makes of a message that the queue has handed over for good."""

from celery import Task
from celery.worker.request import Request


class HandedOver(Request):
    """It is not acknowledged: Redis kept no copy, and keeping and dropping one would cost a run
    more than the rest of its way through the queue."""

    def acknowledge(self) -> None:
        self.acknowledged = True


class HandedTask(Task):  # type: ignore[type-arg]  # it is no generic at run time
    Request = "execution.cluster.handed:HandedOver"
