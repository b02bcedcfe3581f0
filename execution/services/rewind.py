"""Rewinding a branch: its head moves to an older commit."""

from execution.services.idle import check_idle
from plans.logic.log import log_entry
from plans.models import Branch
from plans.selectors import commit_on_branch, log_shown
from plans.services.versions import branch_rewind


def rewind(*, branch: Branch, sha: str) -> tuple[str, str]:
    """Moves the branch to a commit of its own history; that commit's sha and log entry.

    Raises `RevisionNotFound`, or `BranchBusy` while a run is active: it would write on top.
    """
    commit = commit_on_branch(branch, sha)
    check_idle(branch)
    branch_rewind(branch, to=commit)
    newest = log_shown(branch)[0]
    return newest.sha, log_entry(newest)
