"""The Celery app: workers of the cluster execute runs."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plandex_server.settings.base")

app = Celery("plandex_server")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
