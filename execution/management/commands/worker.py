"""`manage.py worker`: executes runs for the web processes of a cluster."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from execution.management.migrating import database_needed, migrations_await
from execution.management.redis_start import redis_await


class Command(BaseCommand):
    help = "Executes runs. Needs DATABASE_URL and REDIS_URL; any number of workers may run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--runs", type=int, default=settings.WORKER_RUNS)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.CLUSTER:
            raise CommandError("A worker needs DATABASE_URL and REDIS_URL; see the README.")
        with database_needed():
            migrations_await(self.stdout.write)
        redis_await(self.stdout.write)
        from execution.cluster.worker import worker
        from plandex_server.celery import app

        worker().team.room = options["runs"]
        # Celery's own thread hands each run to the event loop of this process.
        app.worker_main(
            [
                "--quiet",
                "worker",
                "--pool=solo",
                "--without-gossip",
                "--without-mingle",
                "--without-heartbeat",
                # It sets the level of the root logger, which is ours.
                f"--loglevel={settings.LOG_LEVEL}",
            ]
        )
