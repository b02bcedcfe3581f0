"""`manage.py restore FILE`: a backup into an empty database of either kind, row by row."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from execution.management.migrating import migration_lock
from plandex_server.operations.errors import in_words
from plandex_server.operations.services.restore import restore_check, restore_read
from plandex_server.seal import seal_fingerprints


class Command(BaseCommand):
    help = "Fills an empty database with a backup, SQLite or PostgreSQL, and compares every row."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--check",
            action="store_true",
            help="write nothing: compare the database with the backup, row by row",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with in_words():
            if options["check"]:
                self._check(options["file"])
            else:
                self._restore(options["file"], talkative=options["verbosity"] > 1)

    def _check(self, path: Path) -> None:
        differences = restore_check(path)
        for words in differences.named:
            self.stdout.write(words)
        if differences.count:
            raise CommandError(f"{differences.count} differences.")
        self.stdout.write("The database is as the backup says, row by row.")

    def _restore(self, path: Path, *, talkative: bool) -> None:
        def told(words: str) -> None:
            if talkative:
                self.stdout.write(words)

        with migration_lock(self.stdout.write):
            manifest = restore_read(path, report=told)
        rows = sum(table.rows for table in manifest.tables)
        made = f"{manifest.created_at:%Y-%m-%d %H:%M} UTC by version {manifest.version}"
        self.stdout.write(f"{rows} rows restored and compared; the backup was made {made}.")
        if not set(manifest.seal_keys) & set(seal_fingerprints()):
            self.stderr.write(
                "This server has other keys than the one that made the backup: sealed provider "
                "keys can't be used and everybody has to sign in again. Set SEAL_KEYS and "
                "SECRET_KEY to the old values (or copy the file secret_key of the data folder)."
            )
