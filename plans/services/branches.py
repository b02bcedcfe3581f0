"""Making, deleting and marking branches."""

from django.db import IntegrityError, transaction

from plandex_server.db import now
from plandex_server.prepared_writes import PreparedUpdate
from plans.errors import BranchExists, BranchNotFound, InvalidName
from plans.logic.names import MAIN, branch_name_problem
from plans.models import Branch, Plan, PlanStatus
from plans.services.versions import branch_lock

_STATUS = PreparedUpdate(
    lambda slots: (
        Branch.objects.filter(pk=slots.branch_id),
        {"status": slots.status, "error": slots.error, "updated_at": slots.now},
    )
)


def branch_create(*, parent: Branch, name: str, owner_id: str) -> Branch:
    """A branch that starts where its parent is now; raises `InvalidName` or `BranchExists`."""
    problem = branch_name_problem(name)
    if problem:
        raise InvalidName(problem)
    with transaction.atomic():
        start = branch_lock(parent)
        branch = Branch(
            plan_id=start.plan_id,
            owner_id=owner_id,
            parent=start,
            name=name,
            head=start.head,
            context_tokens=start.context_tokens,
            convo_tokens=start.convo_tokens,
        )
        try:
            with transaction.atomic():
                branch.save(force_insert=True)
        except IntegrityError:
            raise BranchExists(name) from None
        plan_touch(start.plan_id)
    return branch


def branch_delete(*, branch: Branch) -> None:
    """Deletes the branch; what it alone held stays until it is collected."""
    if branch.name == MAIN:
        raise InvalidName("Cannot delete main branch")
    with transaction.atomic():
        deleted, _ = Branch.objects.filter(pk=branch.pk).delete()
        if not deleted:
            raise BranchNotFound(branch.name)
        plan_touch(branch.plan_id)


def branch_status_set(branch_id: str, status: PlanStatus, error: str = "") -> bool:
    """One update. False when the branch is gone."""
    return _STATUS.run(branch_id=branch_id, status=status.value, error=error, now=now()) > 0


def plan_touch(plan_id: str) -> None:
    """Moves the plan to the top of the lists of plans."""
    Plan.objects.filter(pk=plan_id).update(updated_at=now())
