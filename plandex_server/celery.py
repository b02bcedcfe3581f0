"""The Celery app: workers of the cluster execute runs."""

import os

from celery import Celery
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plandex_server.settings.base")

app = Celery("plandex_server")
app.config_from_object("django.conf:settings", namespace="CELERY")
# What a worker takes is handed over for good, as `execution.cluster.handed` says.
app.conf.task_queues = [Queue("celery", routing_key="celery", no_ack=True)]
app.autodiscover_tasks()
