"""Questions of a run to its user's client, and their answers."""

from execution.models import PendingAction, Run
from plandex_server.db import now


def action_open(run: Run, kind: str, payload: object) -> PendingAction:
    return PendingAction.objects.create(run=run, kind=kind, payload=payload)


def action_pending(run_id: str, kind: str) -> PendingAction | None:
    return PendingAction.objects.filter(run_id=run_id, kind=kind, answered_at=None).first()


def action_answer(action: PendingAction, answer: object) -> bool:
    """The first answer wins; a later one is False and changes nothing."""
    return bool(
        PendingAction.objects.filter(pk=action.pk, answered_at__isnull=True).update(
            answer=answer, answered_at=now()
        )
    )


def action_result(action: PendingAction) -> object | None:
    """The answer, or None while there is none."""
    return PendingAction.objects.values_list("answer", flat=True).get(pk=action.pk)
