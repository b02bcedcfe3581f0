"""Rewinding a branch: its head moves to an older commit."""

from django.db import transaction

from execution.services.idle import check_idle
from plans.logic.log import log_entry
from plans.models import Branch
from plans.selectors import commit_on_branch, log_shown
from plans.services.branches import plan_touch
from plans.services.versions import branch_lock, branch_rewind


def rewind(*, branch: Branch, sha: str) -> tuple[str, str]:
    """Moves the branch to a commit of its own history; that commit's sha and log entry.

    Raises `RevisionNotFound`, or `BranchBusy` while a run is active: it would write on top.
    """
    with transaction.atomic():
        locked = branch_lock(branch)
        commit = commit_on_branch(locked, sha)
        check_idle(locked)
        branch_rewind(branch, to=commit)
        plan_touch(branch.plan_id)
    newest = log_shown(branch)[0]
    return newest.sha, log_entry(newest)
