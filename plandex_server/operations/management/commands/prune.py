"""`manage.py prune`: deletes what is older than the server shall keep; meant for every night."""

from argparse import ArgumentParser
from dataclasses import fields, replace
from typing import Any

from django.core.management.base import BaseCommand

from plandex_server.operations.services.retention import Ages, ages_of_settings, prune


class Command(BaseCommand):
    help = (
        "Deletes what is older than KEEP_…_DAYS say, what can't be used any more, and revisions "
        "that no branch reaches."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")
        for field in fields(Ages):
            name = field.name.replace("_", "-")
            parser.add_argument(
                f"--{name}",
                type=int,
                metavar="DAYS",
                help=f"instead of KEEP_{field.name.upper()}_DAYS; 0: keep",
            )

    def handle(self, *args: Any, **options: Any) -> None:
        ages = ages_of_settings()
        for field in fields(Ages):
            if options[field.name] is not None:
                ages = replace(ages, **{field.name: options[field.name]})
        dry_run = bool(options["dry_run"])
        verb = "would go" if dry_run else "deleted"
        for what, count in prune(ages, dry_run=dry_run):
            if count:
                self.stdout.write(f"{count} {what} {verb}")
        self.stdout.write("Done." if not dry_run else "Nothing was changed.")
