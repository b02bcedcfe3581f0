"""A branch's current plan state, for clients that will write it to disk."""

import logging

from execution.logic.commit_messages import repair_message
from execution.services.conflicts import results_drop
from execution.services.staged import staged_of
from execution.services.turns import PlanState, plan_state_read
from plans.models import Branch
from plans.services.versions import branch_write, revision_head

logger = logging.getLogger(__name__)


def current_plan(branch: Branch) -> PlanState:
    """The state at the branch's head, with what an active run has built so far.

    Pending results that can't be replayed are dropped here and now, since no client could do
    anything with them; their operations are left to be built again.
    """
    revision = revision_head(branch)
    state = plan_state_read(revision, staged_of(branch))
    if not state.files.broken:
        return state
    with branch_write(branch) as draft:
        broken = plan_state_read(draft).files.broken
        for path, reason in broken.items():
            logger.error("plan %s: dropped what was pending: %s", branch.plan_id, reason)
            results_drop(draft, [path])
        draft.message = repair_message(paths=broken)
    return plan_state_read(revision_head(branch))
