"""`manage.py doctor`: what is wrong with this installation, and what to do."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from plandex_server.operations.services.doctor import Verdict, examine

_MARKS = {Verdict.OK: "ok   ", Verdict.NOTE: "note ", Verdict.WRONG: "WRONG"}


class Command(BaseCommand):
    help = "Looks at everything that the server needs, and says in plain words what is wrong."
    requires_system_checks: list[str] = []  # it reports them itself

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--providers",
            action="store_true",
            help="also ask the model providers, with the keys that orgs hold",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wrong, last = 0, ""
        for about, finding in examine(ask_providers=options["providers"]):
            if about != last:
                self.stdout.write(about)
                last = about
            self.stdout.write(f"  {_MARKS[finding.verdict]} {finding.what}")
            if finding.advice and finding.verdict is not Verdict.OK:
                self.stdout.write(f"        → {finding.advice}")
            wrong += finding.verdict is Verdict.WRONG
        if wrong:
            raise CommandError(f"{wrong} things are wrong." if wrong > 1 else "One thing is wrong.")
        self.stdout.write("All that was looked at works.")
