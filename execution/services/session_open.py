"""Opening a run's session from its row."""

from typing import TYPE_CHECKING

from execution.logic.requests import BuildPlanRequest, TellPlanRequest
from execution.models import Run, RunKind
from execution.services.held_keys import credentials_with_held
from execution.services.run_request import request_decode, run_credentials
from execution.services.session import Session
from plandex_server.prepared import Prepared

if TYPE_CHECKING:
    from execution.runtime import Runtime

_ACTIVE = Prepared(
    lambda slots: Run.objects.select_related("branch", "plan").filter(
        pk=slots.run_id, owner=slots.owner, finished_at__isnull=True
    )
)


def session_open(runtime: "Runtime", run_id: str) -> Session | None:
    """The session of an active run; None for one that has ended, or that another process took
    before this one began."""
    run = _ACTIVE.first(run_id=run_id, owner=runtime.owner)
    if run is None:
        return None
    data = bytes(run.request)
    request = (
        request_decode(data, TellPlanRequest)
        if run.kind == RunKind.TELL
        else request_decode(data, BuildPlanRequest)
    )
    return Session(
        runtime=runtime,
        run=run,
        branch=run.branch,
        org_id=run.plan.org_id,
        request=request,
        credentials=credentials_with_held(run.plan.org_id, run_credentials(run)),
    )
