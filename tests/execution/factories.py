"""Makes runs as requests leave them."""

from execution.logic.requests import TellPlanRequest
from execution.models import Run, RunKind
from execution.services.new_runs import NewRun, run_create
from plans.models import Plan
from tests.plans.factories import main_of


def run_make(plan: Plan, *, prompt: str = "", owner: str = "") -> Run:
    """A tell of the plan's owner on its main branch, which the process `owner` executes."""
    return run_create(
        NewRun(
            branch=main_of(plan),
            user_id=plan.owner_id,
            kind=RunKind.TELL,
            request=TellPlanRequest(prompt=prompt),
            credentials={},
            owner=owner,
        )
    )
