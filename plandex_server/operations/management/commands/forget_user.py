"""`manage.py forget_user EMAIL`: deletes a person and all that is theirs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from plandex_server.operations.errors import CareFailed, in_words
from plandex_server.operations.services.persons import person_find, person_forget


class Command(BaseCommand):
    help = (
        "Deletes a person: account, tokens, plans with their conversations. Usage and audit "
        "events stay without the name."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--plans-to", metavar="EMAIL", help="who gets the plans instead")
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        with in_words():
            user = person_find(options["email"])
            heir = person_find(options["plans_to"]) if options["plans_to"] else None
            for what, count in person_forget(user, heir=heir, dry_run=True).items():
                self.stdout.write(f"{count} {what}")
            if options["dry_run"]:
                self.stdout.write("Nothing was changed.")
                return
            if not options["yes"] and input("This can't be undone. Type yes: ") != "yes":
                raise CareFailed("Nothing was changed.")
            email = user.email
            person_forget(user, heir=heir, dry_run=False)
        self.stdout.write(f"{email} is forgotten.")
