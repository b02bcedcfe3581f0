"""`manage.py migrate`, as Django has it, but one process at a time and without requests' limits."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoCommand

from execution.management.migrating import migration_lock


class Command(DjangoCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        with migration_lock(self.stdout.write):
            super().handle(*args, **options)
