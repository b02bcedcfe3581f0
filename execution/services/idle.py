"""Whether a branch may be changed from outside a run."""

from execution.errors import BranchBusy
from execution.models import Run
from plans.models import Branch


def check_idle(branch: Branch) -> None:
    """Raises `BranchBusy` while a run of the branch is active."""
    if Run.objects.filter(branch=branch, finished_at__isnull=True).exists():
        raise BranchBusy(branch.name)
