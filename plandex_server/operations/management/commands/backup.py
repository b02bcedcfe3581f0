"""`manage.py backup FILE`: everything in one file, while the server goes on."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from plandex_server.operations.errors import in_words
from plandex_server.operations.services.backup import backup_write


class Command(BaseCommand):
    help = "Writes everything that the database holds to a new file, also while the server runs."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        told = self.stdout.write if options["verbosity"] > 1 else _silent
        with in_words():
            manifest = backup_write(path, report=told)
        rows = sum(table.rows for table in manifest.tables)
        size = path.stat().st_size / 1_000_000
        self.stdout.write(f"{path}: {rows} rows of {len(manifest.tables)} tables, {size:.1f} MB.")
        self.stdout.write(
            "Provider keys in it are sealed. Keep SEAL_KEYS and SECRET_KEY (or the file secret_key "
            "of the data folder) in another place: without them nobody can use those keys."
        )


def _silent(words: str) -> None:
    """Only a talkative run names its tables."""
