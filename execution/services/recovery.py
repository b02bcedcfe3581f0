"""Runs whose process died: what they had received is stored, and they end.

The embedded server calls this at its start, when no run can be alive.
"""

import logging
from datetime import timedelta

from execution import storage
from execution.logic.events import Error
from execution.logic.pending import decode_staged
from execution.logic.requests import TellPlanRequest
from execution.logic.stretches import Stretch
from execution.models import Build, BuildState, Run, RunEnd, RunKind
from execution.services.ending import partial_store
from execution.services.runs import request_decode, run_end
from plandex_server.db import now
from plans.logic.versions import Kind
from plans.models import Branch
from plans.services.versions import revision_head

logger = logging.getLogger(__name__)

DIED = "The server stopped during this reply; use continue"


def runs_recover(*, owner: str = "") -> int:
    """Ends all active runs but those of `owner`; the number of runs ended."""
    dead = Run.objects.filter(finished_at__isnull=True).exclude(owner=owner)
    count = 0
    for run in dead:
        try:
            count += run_recover(run)
        except Exception:
            # One run that can't be stored must not keep the server from starting.
            logger.exception("run %s: recovery failed", run.id)
    return count


def run_recover(run: Run) -> bool:
    """Stores the reply of a dead run as stopped, commits its finished builds, ends it."""
    branch = Branch.objects.select_related("head", "plan").get(pk=run.branch_id)
    reply_id, raw = storage.received_read(run.id)
    known = revision_head(branch).tree(Kind.CONVO)
    builds = Build.objects.filter(
        run=run, state=BuildState.DONE, committed=False, result__isnull=False
    ).order_by("created_at")
    staged = [decode_staged(bytes(build.result)) for build in builds if build.result is not None]
    partial = (reply_id, raw) if raw.strip() and reply_id not in known else None
    request = (
        request_decode(bytes(run.request), TellPlanRequest) if run.kind == RunKind.TELL else None
    )
    if partial is not None or staged:
        partial_store(
            branch=branch,
            user_id=run.user_id,
            request=request,
            partial=partial,
            staged=staged,
            stopped=True,
            error=DIED,
        )
    logger.warning("run %s: its process died, it was ended", run.id)
    last = Stretch(
        run_id=run.id,
        first=len(storage.entries_read(run.id)) + 1,
        entries=[Error(DIED)],
        reply_id="",
        raw="",
    )
    return run_end(run, RunEnd.ERROR, error=DIED, last=last)


def runs_overdue(seconds: float) -> list[Run]:
    """Active runs that no process has shown to be alive for so long."""
    limit = now() - timedelta(seconds=seconds)
    return list(Run.objects.filter(finished_at__isnull=True, heartbeat_at__lt=limit))
