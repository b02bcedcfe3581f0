from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from plandex_server.db import now
from plans.models import Plan
from plans.services.garbage import plan_collect_garbage


class Command(BaseCommand):
    help = "Deletes revisions and contents that no branch of a plan reaches any more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--grace-hours",
            type=float,
            default=24.0,
            help="keep what is younger, so that open readers finish (default: 24)",
        )
        parser.add_argument("--plan", action="append", help="the id of a plan; default: all plans")

    def handle(self, *args: Any, **options: Any) -> None:
        before = now() - timedelta(hours=options["grace_hours"])
        plans = Plan.objects.order_by("pk").values_list("pk", flat=True)
        if options["plan"]:
            plans = plans.filter(pk__in=options["plan"])
        done = [plan_collect_garbage(plan_id=plan_id, before=before) for plan_id in list(plans)]
        self.stdout.write(
            f"{len(done)} plans: deleted {sum(one.commits for one in done)} revisions"
            f" and {sum(one.objects for one in done)} contents"
            f", {sum(one.busy for one in done)} plans were busy"
        )
