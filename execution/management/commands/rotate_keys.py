"""`manage.py rotate_keys`: seals with the first of SEAL_KEYS what an older one sealed."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from execution.services.run_request import runs_reseal
from orgs.logic.audit import Action
from orgs.services.audit import audit_record
from orgs.services.provider_keys import provider_keys_reseal
from plandex_server.origin import Origin, Via, origin


class Command(BaseCommand):
    help = (
        "Seals provider keys with the first of SEAL_KEYS. Set the new secret in front of the old "
        "one, restart all processes, run this, then take the old one away. It can be stopped and "
        "run again, and the server may go on meanwhile."
    )

    def handle(self, *args: object, **options: object) -> None:
        if len(settings.SEAL_KEYS) < 2:
            self.stdout.write("SEAL_KEYS holds one secret: what it did not seal stays closed.")
        keys, lost_keys = provider_keys_reseal()
        runs, lost_runs = runs_reseal()
        with origin(Origin(Via.COMMAND)):
            audit_record(
                Action.KEYS_ROTATED, details={"keys": keys, "runs": runs, "lost": lost_keys}
            )
        self.stdout.write(f"Sealed anew: {keys} provider keys, the keys of {runs} active runs.")
        if lost_keys or lost_runs:
            raise CommandError(
                f"No secret in SEAL_KEYS opens {lost_keys} provider keys and those of {lost_runs} "
                "runs: add the one that sealed them, or set the keys again."
            )
